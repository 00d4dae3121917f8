"""The dashboard: the figures of the reports in a browser, each with the records behind it.

Here belongs what is shown on a page, who may see it, and how it gets there fast. Pages are made of the same
reports, sentences and numbers as decks, from the snapshot of the last build; nothing is computed here.
"""
