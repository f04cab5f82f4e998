"""Documents as PDF in the layout of Decree 30/2020, by Typst: PDF/A-2a and PDF/UA-1 in one file.

Whatever stands in them is data: the templates read it as JSON, and no text of a user is markup.
"""
