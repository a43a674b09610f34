"""CLR values as Python objects: what an expression computes with and what it yields."""

from apimlb.policy.values.exceptions import ClrException
from apimlb.policy.values.text import clr_type_name, to_clr_string

__all__ = ["ClrException", "clr_type_name", "to_clr_string"]
