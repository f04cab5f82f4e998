"""Letters and slips about one dossier, without any data of the citizen."""
