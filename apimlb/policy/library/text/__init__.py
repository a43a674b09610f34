"""Texts: String, Char, StringBuilder, Encoding, regular expressions."""
