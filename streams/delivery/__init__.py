"""How Faust delivers records: many at once, and assignment that knows its topics."""
