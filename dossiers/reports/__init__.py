"""Reports about dossiers: explanations, attribution of hours, the month's late list."""
