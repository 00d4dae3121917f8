"""Turns report.json into slides and a PDF, and checks the finished file.

Nothing is computed here: every figure on a slide comes from the report. `pipeline` is the whole way
from the marts to the PDF, as the report alone is not allowed to know the deck.
"""
