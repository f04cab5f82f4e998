"""Walls by name: their settings, who may change them, and what each display of one shows."""
