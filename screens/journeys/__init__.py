"""What a trainer does, from the first key to the saved act."""
