"""The month's late list as documents that are published: PDF, DOCX, XLSX, CSV and JSON.

``files.files_of`` makes all of them from one list (dossiers.wire.late_lists) and what stands around
it. The same list gives the same bytes.
"""
