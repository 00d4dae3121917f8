"""Realistic workbooks of an invented business, with the mistakes that real ones have.

For trying Atlas out and for its tests; the product itself never depends on it.
"""
