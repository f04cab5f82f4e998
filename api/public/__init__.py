"""What anybody reads of the months' late lists: pages, files, feed and data, without a session."""
