"""The alerts that people work on: which are open, whose they are, what is to be read."""
