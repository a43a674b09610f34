"""The allow-list: every type and member that an expression may use.

Source: Microsoft Learn, "API Management policy expressions" (2026-01-15).
"""

from apimlb.policy.apim import members
from apimlb.policy.clr import library

DEFINITIONS = (*library.DEFINITIONS, *members.DEFINITIONS)
