"""What people do about alerts: who may, what is true by then, and the event that is made of it."""
