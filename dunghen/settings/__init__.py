"""Every setting, where each value came from, and the installation that they describe."""
