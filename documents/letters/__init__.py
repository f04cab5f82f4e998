"""Forms about one dossier, as PDF and DOCX, without any data of the citizen.

The control slip is form 06, the apology form 04 of Circular 03/2025/TT-VPCP (annex I). What only
the one-stop system knows, such as whom a letter goes to, stays blank.
"""
