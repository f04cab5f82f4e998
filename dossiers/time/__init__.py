"""Working time: the calendar, hours of the day, and due times from limits."""
