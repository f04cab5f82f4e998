"""Topic publications in this process: its fold, the way of writing to it, and the files it names.

Knows nothing of who asks; that is ``api.late_list``.
"""
