"""What becomes of a month's late list: frozen, explained, reviewed, approved, published.

State is a pure fold over topic publications; documents follow from files and that state.
"""
