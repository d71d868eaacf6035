"""The door of the house: the application, its command line, its configuration and where it keeps things."""
