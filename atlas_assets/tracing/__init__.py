"""Where a figure comes from: from its place in report.json to the records, and from these to the cells.

Here belongs how figures are made of records, in terms of which records are summed or counted. It is asked by
the command, the dashboard and the tests; how an answer is shown belongs to them.
"""
