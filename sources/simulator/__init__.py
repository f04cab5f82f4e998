"""A seeded simulator of a city's dossiers, with a history and a present that goes on."""
