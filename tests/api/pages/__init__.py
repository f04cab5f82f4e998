"""The pages made on the server, and what they are made of."""
