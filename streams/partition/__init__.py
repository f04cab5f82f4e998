"""One source partition: events in, state and effects out. No I/O, no clock."""
