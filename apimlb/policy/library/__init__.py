"""The allow-list: every type and member that an expression may use, one table row each.

Source: Microsoft Learn, "API Management policy expressions", .NET Framework types allowed (2026-01-15).
"""

from apimlb.policy.library import (
    addresses,
    arrays,
    certificates,
    chance,
    ciphers,
    collections,
    context,
    crypto,
    dates,
    exceptions,
    json,
    linq,
    numbers,
    objects,
    regex,
    rsa,
    strings,
    text,
    time_zones,
    tuples,
    web,
    xml,
)

DEFINITIONS = (
    *objects.DEFINITIONS,
    *tuples.DEFINITIONS,
    *exceptions.DEFINITIONS,
    *chance.DEFINITIONS,
    *arrays.DEFINITIONS,
    *strings.DEFINITIONS,
    *numbers.DEFINITIONS,
    *dates.DEFINITIONS,
    *time_zones.DEFINITIONS,
    *collections.DEFINITIONS,
    *linq.DEFINITIONS,
    *json.DEFINITIONS,
    *text.DEFINITIONS,
    *addresses.DEFINITIONS,
    *web.DEFINITIONS,
    *xml.DEFINITIONS,
    *crypto.DEFINITIONS,
    *ciphers.DEFINITIONS,
    *rsa.DEFINITIONS,
    *certificates.DEFINITIONS,
    *regex.DEFINITIONS,
    *context.DEFINITIONS,
)
