"""Tools for data files: strict models, YAML with line numbers, JSON Schemas.

The content of a file belongs to the package that owns it: `configuration`, `report`, `validation`, `deck`.
"""
