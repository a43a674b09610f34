"""What a token must say: its lifetime, audience, issuer and claims."""

from collections.abc import Callable, Mapping, Sequence, Set
from typing import Any

from apimlb.policy.apim.context import Context
from apimlb.policy.apim.credentials import claim_texts
from apimlb.policy.document.attributes import STRING, TEXT, Getter, choice
from apimlb.policy.document.draft import Draft
from apimlb.policy.elements import formats
from apimlb.policy.run.faults import PolicyFault

Claims = Mapping[str, Any]


class TokenRefused(PolicyFault):
    """A token that does not do. Reasons: Microsoft Learn, "Error handling in API Management policies",
    predefined errors of validate-jwt."""


Check = Callable[[Context, Claims], None]
"""Raises TokenRefused."""


def lifetime(claims: Claims, now: float, skew: float, *, must_expire: bool) -> None:
    """Raises TokenRefused for a token that is over, has not begun, or never ends though it must."""
    expires, begins = _seconds(claims, "exp"), _seconds(claims, "nbf")
    if expires is None and must_expire:
        raise TokenRefused("JwtInvalid", "The token has no expiration time. Access denied.")
    if expires is not None and expires + skew <= now:
        raise TokenRefused("TokenExpired", "Lifetime validation failed. The token is expired. Access denied.")
    if begins is not None and begins - skew > now:
        message = "Lifetime validation failed. The token is not yet valid. Access denied."
        raise TokenRefused("JwtInvalid", message)


_FOREVER = 1 << 50
"""Seconds that no date of .NET is from 1970: a claim may name a number of any length."""


def _seconds(claims: Claims, name: str) -> float | None:
    value = claims.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or value != value:
        raise TokenRefused("JwtInvalid", f"The claim '{name}' is not a time. Access denied.")
    return float(max(-_FOREVER, min(value, _FOREVER)))


def values_of(claims: Claims, name: str, separator: str = "") -> list[str]:
    """A claim's values as text, or the parts of them between separators; an empty list for null. Each look at
    a claim is paid for: a policy may look at one many times."""
    claim = claims.get(name)
    values = [] if claim is None else claim_texts(claim)
    formats.spend(len(values) + (sum(map(len, values)) >> 3))
    return [part for value in values for part in value.split(separator)] if separator else values


def check_audience(claims: Claims, accepted: Set[str]) -> None:
    """Raises TokenRefused unless the token is for one of the audiences, where there are any."""
    if accepted and not accepted & set(values_of(claims, "aud")):
        raise TokenRefused("TokenAudienceNotAllowed", "Audience validation failed. Access denied.")


def check_issuer(claims: Claims, accepted: Set[str]) -> None:
    """Raises TokenRefused unless the token names one of the issuers, where there are any."""
    issuer = claims.get("iss")
    if accepted and not (isinstance(issuer, str) and issuer in accepted):
        raise TokenRefused("TokenIssuerNotAllowed", "Issuer validation failed. Access denied.")


def check_application(claims: Claims, accepted: Set[str]) -> None:
    """Raises TokenRefused unless one of the applications asked for the token, where there are any: `azp` of a
    version 2 token, `appid` of a version 1 token, in any case."""
    if not accepted:
        return
    asked = values_of(claims, "azp") or values_of(claims, "appid")
    if not asked:
        raise _missing("appid")
    if asked[0].lower() not in map(str.lower, accepted):
        raise _not_allowed("appid", asked[0])


def _missing(claim: str) -> TokenRefused:
    message = f"JWT token is missing the following claims: {claim}. Access denied."
    return TokenRefused("TokenClaimNotFound", message)


def _not_allowed(claim: str, value: str) -> TokenRefused:
    message = f"Claim {claim} value of {value} is not allowed. Access denied."
    return TokenRefused("TokenClaimValueNotAllowed", message)


def texts_of(getters: Sequence[Getter[str]], context: Context) -> set[str]:
    return {each(context) for each in getters}


def required_claims(draft: Draft) -> list[Check]:
    """`<required-claims>`: each claim must be there; with `<value>`s all or any of them."""
    return [_claim_check(claim) for claim in draft.nested("required-claims", "claim")]


def _claim_check(claim: Draft) -> Check:
    name_of = claim.required("name", STRING)
    match = claim.attribute("match", choice("all", "any"), "all")
    separator = claim.attribute("separator", STRING, "")
    values = claim.texts("value", TEXT)

    def check(context: Context, claims: Claims) -> None:
        name = name_of(context)
        given = values_of(claims, name, separator(context))
        if name not in claims:
            raise _missing(name)
        wanted = texts_of(values, context)
        enough = wanted <= set(given) if match(context) == "all" else bool(wanted & set(given))
        if wanted and not enough:
            raise _not_allowed(name, ",".join(given))

    return check


def listed(draft: Draft, holder: str, item: str) -> list[Getter[str]]:
    """The texts of `<holder><item>…</item></holder>`; raises InvalidPolicy for an empty holder."""
    found = draft.child(holder)
    texts = found.texts(item, TEXT) if found else []
    if found and not texts:
        raise found.incomplete(item)
    return texts
