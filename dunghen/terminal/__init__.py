"""What a person sees in a terminal.

In it: lines, tables and progress, shared options, errors as sentences, logs, and the masking of
secrets in all of them.
"""
