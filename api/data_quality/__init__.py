"""The questions behind page /data: is what is shown complete, fresh and right? For the keepers of
the data only; every answer is of the whole installation."""
