"""What a trainer sees and presses."""
