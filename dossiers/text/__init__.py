"""What text and ids are: one identity of spellings, ids by form, keyed hashes."""
