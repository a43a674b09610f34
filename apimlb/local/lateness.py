"""How late Azure is: the time between ARM's success and what follows from it, kind by kind.

A span is the least and the most seconds that one change takes; each draws its own. Microsoft documents that
such delays exist and seldom how long they are, so that the spans of `LATE` are choices: long enough that who
takes a success for an effect is found out, and bounded, so that who waits gets there.
"""

from dataclasses import dataclass

Span = tuple[float, float]
AT_ONCE: Span = (0.0, 0.0)

RECORDED_ROLE = 120.0
"""Seconds until an account knows a role, where only operations take their time: Microsoft Learn,
"Troubleshoot Azure RBAC", has "up to 10 minutes", most reports a few."""


@dataclass(frozen=True, slots=True)
class Lateness:
    """How long each kind of change takes; nothing unless said."""

    configuration: Span = AT_ONCE
    """Until a gateway instance serves what ARM has stored, document by document: an API, an operation, a
    policy, a named value, a fragment, a backend or pool, a product. Until then it serves what was there
    before, also what was deleted. Callers report seconds to a minute."""

    keys: Span = AT_ONCE
    """Until a gateway instance obeys a change of a subscription: a new key, one that was regenerated, a
    state, a delete."""

    roles: Span = AT_ONCE
    """Until an account obeys a role assignment or its removal (Microsoft Learn, "Troubleshoot Azure RBAC": up
    to 10 minutes)."""

    role_flaps: int = 0
    """How often the effect of a role comes and goes before it stays, also that of its removal: the servers
    behind one account learn of it one by one [E: experience of those who deploy, in no document]."""

    role_flap: Span = AT_ONCE
    """How long each coming or going lasts."""

    reads: Span = AT_ONCE
    """Until ARM's GETs and lists show a write that succeeded [M: reported by many, documented nowhere]. Not
    part of `LATE`, since it is asked of ARM itself and not of what ARM governs; `STALE` is the span that an
    adverse world has for it."""

    deleted: Span = AT_ONCE
    """Until a resource that was deleted shows up among the soft-deleted ones, where it can be purged."""

    def scaled(self, scale: float) -> "Lateness":
        """The same at another pace; 0.5 is twice as fast."""

        def span(given: Span) -> Span:
            return given[0] * scale, given[1] * scale

        return Lateness(
            span(self.configuration),
            span(self.keys),
            span(self.roles),
            self.role_flaps,
            span(self.role_flap),
            span(self.reads),
            span(self.deleted),
        )


LATE = Lateness(
    configuration=(2.0, 60.0),
    keys=(60.0, 240.0),
    roles=(60.0, 300.0),
    role_flaps=2,
    role_flap=(2.0, 20.0),
    deleted=(20.0, 60.0),
)
"""All that ARM's success does not vouch for late, as on a slow day."""

STALE: Span = (0.0, 5.0)
