"""What commands ask the API of a running stack.

In it: clients of the inner routes (``dunghen.serving.inner_routes``) and of the REST API.
"""
