"""CLR values as Python objects: what an expression computes with and what it yields."""

from apimlb.policy.values.exceptions import ClrException

__all__ = ["ClrException"]
