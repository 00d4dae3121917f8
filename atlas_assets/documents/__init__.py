"""Files that people or programs read as data: strict models, YAML with line numbers, JSON Schemas.

What such a file means belongs to the room that owns it: `configuration`, `report`, `validation`, `deck`.
"""
