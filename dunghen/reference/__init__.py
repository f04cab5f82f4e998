"""Reference data on its way into a timeline.

In it: folders and files of it read and checked, loaded, compared, and what they lack. How it stands
in its topic is ``dunghen.timeline``'s.
"""
