"""Pages on which walls are made, looked at beforehand, handed out and ended."""
