"""The log recounted and compared, and one dossier explained."""
