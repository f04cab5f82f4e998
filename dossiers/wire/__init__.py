"""What stands in topics: their names and keys, and the types of every record."""
