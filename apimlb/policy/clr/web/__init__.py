"""Uri, WebUtility and IPAddress."""

from apimlb.policy.clr.types.definitions import Definition, Family, names_in


def _definitions() -> tuple[Definition, ...]:
    from apimlb.policy.clr.web import addresses, identifiers

    return addresses.DEFINITIONS + identifiers.DEFINITIONS


WEB = Family(
    _definitions,
    types=(
        *names_in("System.Net", "IPAddress WebUtility"),
        *names_in("System", "UriKind UriPartial Uri"),
    ),
    hidden=names_in("System.Net.Sockets", "AddressFamily"),
)
