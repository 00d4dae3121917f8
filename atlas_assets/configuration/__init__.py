"""`source/config`: the registry of the business and the layout of each year's workbooks.

Files are read and checked here and nothing else; reading the workbooks themselves is `sources`.
"""
