"""Measurements of the product beside other engines and the limit of the machine."""
