"""String, Char, StringBuilder, Encoding and their comparers."""
