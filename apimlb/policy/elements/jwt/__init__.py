"""Tokens that a request must carry: the one family of elements that needs a JWT library."""

from apimlb.policy.elements.jwt.validation import TABLE

__all__ = ["TABLE"]
