"""Syntax tree to Python: names, types, conversions and overloads, what runs and what has a value."""
