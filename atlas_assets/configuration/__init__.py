"""`source/config`: the registry of the business and the layout of each year's workbooks.

This package only reads and checks these files; `sources` reads the workbooks themselves.
"""
