"""The core of the domain: facts fold into a course, which at an instant gives state and alerts."""
