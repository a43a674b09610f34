"""The numeric types, Boolean and Math."""

# Values of these types have their text wherever they are made.
from apimlb.policy.clr.numbers.formatting import format_number

__all__ = ["format_number"]
