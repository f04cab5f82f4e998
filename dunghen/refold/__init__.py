"""``dunghen refold``: the log of a timeline of an older format, folded into a new one."""
