"""Plain pages: made on the server, first of all for a phone, readable without scripts."""
