"""The desk of the month's late list: who explains, reviews, approves and publishes it, and how.

State is the fold of topic publications; files are blobs. What may be done is judged here for
whoever asks, and once more by the fold, for every reader.
"""
