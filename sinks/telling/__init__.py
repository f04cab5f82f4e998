"""Messages to people: who is to know is planned (dossiers.alerting), kept in Kafka, and sent."""
