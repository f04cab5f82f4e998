"""What a portal's snapshots say has happened: each compared with what was known before it."""
