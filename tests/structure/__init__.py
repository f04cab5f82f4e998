"""What holds for the code as a whole: who may import what, names, and what docstrings say."""
