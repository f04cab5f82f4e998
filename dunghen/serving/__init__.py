"""The processes that serve: the API's, and the sink's if it has one of its own.

In it: what is composed inside them, the inner routes, and what waits in them.
"""
