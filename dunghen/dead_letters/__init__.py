"""Records that could not be taken: read, decided on, and sent again."""
