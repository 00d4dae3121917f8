"""Reads the records of an Odoo by its JSON-2 interface."""
