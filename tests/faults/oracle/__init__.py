"""A recount of the log that shares nothing with the product: written from the documents, in the
plainest way. Times in ms."""
