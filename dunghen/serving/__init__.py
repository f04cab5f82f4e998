"""The processes that serve: the API's, and the sink's where it has one of its own."""
