"""Places of tiles from coordinates."""
