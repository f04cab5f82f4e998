"""What a person sees in a terminal: lines, errors as sentences, secrets masked."""
