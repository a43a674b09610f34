"""Tokens that a request must carry: the one family of elements that needs a JWT library."""

from apimlb.policy.elements.tokens.validation import TABLE

__all__ = ["TABLE"]
