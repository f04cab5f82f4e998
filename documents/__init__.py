"""Documents and spreadsheets: CSV and XLSX of a table, written safely and within bounds.

Knows nothing of where the rows come from: whoever asks gives a table (documents.tables) and its
rows. Imports nothing of ours but ``dossiers``.
"""
