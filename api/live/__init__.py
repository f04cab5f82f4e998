"""The live view: the newest tallies, breaches, dead letters and reference data, in memory."""
