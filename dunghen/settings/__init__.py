"""Every setting, where each value came from, and the installation that they describe.

In it: the sections with their defaults, reading them, and ``Installation``. What rooms make of them
is ``dunghen.wiring``'s.
"""
