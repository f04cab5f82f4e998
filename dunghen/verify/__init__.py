"""The log recounted and compared.

In it: ``dunghen verify`` without its printing. The recount itself is ``oracle``'s.
"""
