"""The types of .NET that an expression may use and their members, one table row each.

Source: Microsoft Learn, "API Management policy expressions", .NET Framework types allowed (2026-01-15). What
reads or writes files is left out. A `Family` is loaded when an expression mentions one of its names.
"""

from apimlb.policy.clr import exception_members as exceptions
from apimlb.policy.clr.certificates import CERTIFICATES
from apimlb.policy.clr.chance import members as chance
from apimlb.policy.clr.collections import array_members as arrays
from apimlb.policy.clr.collections import members as collections
from apimlb.policy.clr.crypto import CIPHERS, HASHES
from apimlb.policy.clr.dates import members as dates
from apimlb.policy.clr.json import members as json
from apimlb.policy.clr.linq import members as linq
from apimlb.policy.clr.numbers import members as numbers
from apimlb.policy.clr.objects import members as objects
from apimlb.policy.clr.objects import tuples
from apimlb.policy.clr.regex import REGEX
from apimlb.policy.clr.strings import members as strings
from apimlb.policy.clr.strings import system_text as text
from apimlb.policy.clr.time_zones import TIME_ZONES
from apimlb.policy.clr.types.definitions import Definition, Family
from apimlb.policy.clr.web import WEB
from apimlb.policy.clr.xml import XML

DEFINITIONS: tuple[Definition | Family, ...] = (
    *objects.DEFINITIONS,
    *tuples.DEFINITIONS,
    *exceptions.DEFINITIONS,
    *chance.DEFINITIONS,
    *arrays.DEFINITIONS,
    *strings.DEFINITIONS,
    *numbers.DEFINITIONS,
    *dates.DEFINITIONS,
    TIME_ZONES,
    *collections.DEFINITIONS,
    *linq.DEFINITIONS,
    *json.DEFINITIONS,
    *text.DEFINITIONS,
    WEB,
    XML,
    HASHES,
    CIPHERS,
    CERTIFICATES,
    REGEX,
)
