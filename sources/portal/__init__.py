"""What one-stop systems send to the national portal, as events.

Only the fields named in this package are read. Names, numbers, addresses, e-mails, free text and
links of citizens have no place to go to: nothing that leaves this package holds them, neither an
event nor a reason.
"""
