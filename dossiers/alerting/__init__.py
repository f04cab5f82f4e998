"""Who is told of an alert, when, and together with what: from alerts, reference data and roster."""
