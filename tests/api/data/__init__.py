"""Page /data over a city in which something is wrong with everything."""
