"""Months, periods and scopes: what a figure, a report or a run is about in time and entity.

Plain values only. Which months have data is asked of `sources`; labels in a language are `notation`'s.
"""
