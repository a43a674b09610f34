"""Stands in for the credential manager: the connections that tests order, each with the token that it holds.

`PUT /apimlb/connections/{provider}/{connection}` makes one (see `apimlb.local.server.control`). Whoever asks
is given the token: access policies of connections are not kept.
"""

from apimlb.policy.apim.credentials import Authorization


class Connections:
    """Shared by the instances of a gateway; the names of providers and connections ignore case."""

    def __init__(self) -> None:
        self._held: dict[tuple[str, str], Authorization] = {}

    def find(self, provider: str, connection: str) -> Authorization | None:
        return self._held.get((provider.lower(), connection.lower()))

    def keep(self, provider: str, connection: str, held: Authorization | None) -> None:
        """Let a connection hold something, or be gone."""
        place = (provider.lower(), connection.lower())
        self._held.pop(place, None)
        if held is not None:
            self._held[place] = held
