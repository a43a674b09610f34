"""The allow-list: every type and member that an expression may use, one table row each.

Source: Microsoft Learn, "API Management policy expressions", .NET Framework types allowed (2026-01-15).
"""

from apimlb.policy.library import (
    certificates,
    ciphers,
    collections,
    context,
    crypto,
    dates,
    json,
    linq,
    numbers,
    objects,
    regex,
    rsa,
    strings,
    text,
    time_zones,
    web,
    xml,
)

DEFINITIONS = (
    *objects.DEFINITIONS,
    *strings.DEFINITIONS,
    *numbers.DEFINITIONS,
    *dates.DEFINITIONS,
    *time_zones.DEFINITIONS,
    *collections.DEFINITIONS,
    *linq.DEFINITIONS,
    *json.DEFINITIONS,
    *text.DEFINITIONS,
    *web.DEFINITIONS,
    *xml.DEFINITIONS,
    *crypto.DEFINITIONS,
    *ciphers.DEFINITIONS,
    *rsa.DEFINITIONS,
    *certificates.DEFINITIONS,
    *regex.DEFINITIONS,
    *context.DEFINITIONS,
)
