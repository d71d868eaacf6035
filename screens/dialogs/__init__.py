"""Forms and questions that open over a screen and answer with a record."""
