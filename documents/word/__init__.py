"""Documents to be edited: DOCX in the layout of Decree 30/2020, filled by docxtpl.

The templates are made here (``template``), so that no binary file has to be kept; texts of users
are values of them and never template.
"""
