"""Months, periods and scopes: the times and entities that figures, reports and runs are about.

Plain values only. `sources` knows which months have data; `notation` has their labels in a language.
"""
