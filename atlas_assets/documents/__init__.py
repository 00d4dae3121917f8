"""Tools for data files and queries: strict models, YAML with line numbers, JSON Schemas, texts of SQL.

The content of a file belongs to the package that owns it: `configuration`, `report`, `validation`, `deck`.
"""
