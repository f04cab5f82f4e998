"""Places of tiles for any set of units: coordinates in, columns x and y of units.csv out."""
