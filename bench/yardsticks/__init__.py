"""The smallest programs of their kind, which the real program is measured against."""
