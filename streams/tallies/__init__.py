"""Merging the partial tallies of all partitions, and watching the backlogs of units."""
