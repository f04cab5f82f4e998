"""With what people act on alerts in the API's process: the way into the log, texts, the archive."""
