"""What others post or put into files becomes events."""
