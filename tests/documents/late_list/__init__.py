"""What is published of a list: every form of it."""
