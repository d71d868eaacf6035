"""How a book is kept: the file, its journal, its lock, its history."""
