"""Sums over states: tallies by scope, and the backlog of units."""
