"""Uri, WebUtility and IPAddress."""

from apimlb.policy.clr.types.definitions import Definition, Family, names_in


def _definitions() -> tuple[Definition, ...]:
    from apimlb.policy.clr.web import addresses, members

    return addresses.DEFINITIONS + members.DEFINITIONS


WEB = Family(
    _definitions,
    types=(
        *names_in("System.Net", "IPAddress WebUtility"),
        *names_in("System", "UriKind UriPartial Uri"),
    ),
    hidden=names_in("System.Net.Sockets", "AddressFamily"),
)
