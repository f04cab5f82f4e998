"""The texts that people write about alerts: where they lie, and how one is erased."""
