"""Pages and forms of what people do about alerts."""
