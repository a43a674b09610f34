"""The allow-list: every type and member that an expression may use, one table row each.

Source: Microsoft Learn, "API Management policy expressions", .NET Framework types allowed (2026-01-15). What
reads or writes files is left out.
"""

from apimlb.policy.library import exceptions, objects
from apimlb.policy.library.collections import arrays, collections, tuples
from apimlb.policy.library.context import context
from apimlb.policy.library.crypto import certificates, ciphers, rsa
from apimlb.policy.library.crypto import hashes as crypto
from apimlb.policy.library.dates import dates, time_zones
from apimlb.policy.library.json import tokens as json
from apimlb.policy.library.linq import enumerable as linq
from apimlb.policy.library.numbers import chance, numbers
from apimlb.policy.library.text import regex, strings
from apimlb.policy.library.text import system_text as text
from apimlb.policy.library.web import addresses, web
from apimlb.policy.library.xml import trees as xml

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
