"""The spreadsheet adapter: opens workbooks of every kind and reads a sheet into a `Grid`.

Whatever holds for any grid, such as finding the header, is one level up.
"""
