"""A policy document: text to elements, and elements to what they do."""
