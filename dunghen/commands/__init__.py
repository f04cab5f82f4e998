"""The commands: one module each, or one for a group.

In it: options, and what is printed. The work is done by the package of its job, which knows no
options. ``dunghen.cli`` imports a module when its command runs, so all imports stand at the top.
"""
