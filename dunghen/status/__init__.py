"""How a stack is doing."""
