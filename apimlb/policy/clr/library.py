"""The types of .NET that an expression may use and their members, one table row each.

Source: Microsoft Learn, "API Management policy expressions", .NET Framework types allowed (2026-01-15). What
reads or writes files is left out. A `Family` is loaded when an expression mentions one of its names.
"""

from apimlb.policy.clr import system_exception
from apimlb.policy.clr.certificates import CERTIFICATES
from apimlb.policy.clr.chance import draws
from apimlb.policy.clr.collections import ARRAYS, SETS, dictionaries, generic, lists
from apimlb.policy.clr.convert import CONVERT
from apimlb.policy.clr.crypto import CIPHERS, HASHES
from apimlb.policy.clr.dates import DATES
from apimlb.policy.clr.json import JSON
from apimlb.policy.clr.linq import LINQ
from apimlb.policy.clr.numbers import primitives
from apimlb.policy.clr.objects import system_object, tuples
from apimlb.policy.clr.regex import REGEX
from apimlb.policy.clr.strings import TEXT, string
from apimlb.policy.clr.time_zones import TIME_ZONES
from apimlb.policy.clr.types.definitions import Definition, Family
from apimlb.policy.clr.web import WEB
from apimlb.policy.clr.xml import XML

DEFINITIONS: tuple[Definition | Family, ...] = (
    *system_object.DEFINITIONS,
    *tuples.DEFINITIONS,
    *system_exception.DEFINITIONS,
    *draws.DEFINITIONS,
    ARRAYS,
    *string.DEFINITIONS,
    *primitives.DEFINITIONS,
    CONVERT,
    DATES,
    TIME_ZONES,
    *generic.DEFINITIONS,
    *lists.DEFINITIONS,
    *dictionaries.DEFINITIONS,
    SETS,
    LINQ,
    JSON,
    TEXT,
    WEB,
    XML,
    HASHES,
    CIPHERS,
    CERTIFICATES,
    REGEX,
)
