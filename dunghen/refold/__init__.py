"""``dunghen refold``: the log of a time line of an older format, folded into a new one."""
