"""The folder in which a stack keeps everything.

In it: its layout, its lock, its format, and that it is private. Nothing here knows what the files
mean.
"""
