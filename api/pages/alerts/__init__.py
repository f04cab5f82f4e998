"""The inbox: what was raised, who has taken it, and what can be done about it."""
