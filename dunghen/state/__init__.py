"""The folder in which a stack keeps everything: private, locked, of one format."""
