"""Tokens that a request must carry: the one family of elements that needs a JWT library.

The library is imported when the first of them is compiled.
"""

from apimlb.policy.document.draft import INBOUND, Draft, Entry
from apimlb.policy.run.exchange import Act


def _azure_ad_token(draft: Draft) -> Act:
    from apimlb.policy.elements.jwt.validation import validate_azure_ad_token

    return validate_azure_ad_token(draft)


def _jwt(draft: Draft) -> Act:
    from apimlb.policy.elements.jwt.validation import validate_jwt

    return validate_jwt(draft)


TABLE = {
    "validate-azure-ad-token": Entry(INBOUND, _azure_ad_token),
    "validate-jwt": Entry(INBOUND, _jwt),
}
