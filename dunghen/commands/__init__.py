"""One command a file; a room is imported only when its command runs."""
