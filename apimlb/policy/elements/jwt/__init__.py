"""Tokens that a request must carry: the one family of elements that needs a JWT library."""

from apimlb.policy.elements.jwt.validation import validate_azure_ad_token, validate_jwt

__all__ = ["validate_azure_ad_token", "validate_jwt"]
