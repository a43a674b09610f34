"""The numeric types, Boolean and Math."""
