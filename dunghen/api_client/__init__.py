"""What commands ask the API's process: its inner routes, and the REST API."""
