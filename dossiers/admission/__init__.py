"""Which events are taken: whose a dossier is, what it may keep, what is shown of the rest."""
