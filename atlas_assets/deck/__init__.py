"""Turns report.json into slides and a PDF, and checks the finished file.

Nothing is computed here: every figure on a slide comes from the report.
"""
