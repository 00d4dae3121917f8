"""The spreadsheet adapter: opens workbooks of every format and reads their sheets into a `Grid`.

What applies to any grid, such as locating the header, is one level up.
"""
