"""With what the API works on late lists: the topic, the files, and children that freeze."""
