"""The recounts of the nights."""
