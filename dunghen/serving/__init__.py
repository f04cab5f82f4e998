"""The processes that serve: the API's, and the sink's if it has one of its own."""
