"""The signing keys of a token issuer, read from its OpenID metadata and kept for a while."""

from typing import Any, NamedTuple

from apimlb.http import Request, read
from apimlb.policy.elements import formats
from apimlb.policy.elements.callouts import SERVICE_TIMEOUT
from apimlb.policy.elements.jwt.claims import TokenRefused
from apimlb.policy.elements.jwt.signature import Key, public_key
from apimlb.policy.run.exchange import Services

REFRESH = 3600.0
"""Seconds after which keys are read again; Microsoft Learn, API Management policy reference: validate-jwt."""

REREAD = 300.0
"""Seconds that must lie between two readings when a token names a key that is not there."""


class Issuer(NamedTuple):
    """What the metadata says: the issuer's name and its public keys by id."""

    name: str
    keys: dict[str, Key]
    read_at: float

    def keys_for(self, key_id: str | None) -> list[Key]:
        """The key with that id; all keys for a token without one."""
        formats.spend(len(self.keys) >> 3)
        return [key for name, key in self.keys.items() if key_id is None or name == key_id]


class IssuerCache:
    """Issuers by the URL of their metadata."""

    def __init__(self) -> None:
        self._issuers: dict[str, Issuer] = {}

    async def issuer(self, url: str, services: Services, key_id: str | None) -> Issuer:
        """The issuer behind `url`, read again when it is old or, now and then, when it lacks `key_id`.

        Raises TokenRefused when it cannot be read and nothing is known of it.
        """
        known = self._issuers.get(url)
        now = services.clock.now()
        if known is not None:
            age = now - known.read_at
            if age < REFRESH and (key_id is None or key_id in known.keys or age < REREAD):
                return known
        try:
            self._issuers[url] = await self._read(url, services)
        except TokenRefused:
            if known is None:
                raise
        return self._issuers[url]

    async def _read(self, url: str, services: Services) -> Issuer:
        metadata = await _document(url, services)
        keys: dict[str, Key] = {}
        for entry in (await _document(str(metadata.get("jwks_uri", "")), services)).get("keys", []):
            try:
                keys[str(entry.get("kid", ""))] = public_key(entry)
            except (AttributeError, ValueError):
                continue  # the gateway accepts no token that is signed with a kind of key it does not know
        return Issuer(str(metadata.get("issuer", "")), keys, services.clock.now())


async def _document(url: str, services: Services) -> dict[str, Any]:
    """One of the issuer's documents; raises TokenRefused where it cannot be read."""
    try:
        response = await services.send(Request("GET", url), SERVICE_TIMEOUT)
        content = formats.loaded(await read(response))
        if response.status == 200 and isinstance(content, dict):
            return content
    except (ConnectionError, TimeoutError, ValueError, RecursionError):
        pass
    message = f"Unable to retrieve document from: '{url}'. Access denied."
    raise TokenRefused("TokenSignatureKeyNotFound", message)
