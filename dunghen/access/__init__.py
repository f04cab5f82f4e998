"""Who may come in: settings and key files become the configuration of the API's access."""
