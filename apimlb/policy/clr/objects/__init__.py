"""System.Object: text, equality and order of any value; enumerations, tuples and anonymous objects."""
