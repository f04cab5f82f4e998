"""The records of every topic as JSON Schema and AsyncAPI."""
