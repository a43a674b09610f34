"""What can be chosen about the local Azure Resource Manager, and who calls it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True, slots=True)
class Caller:
    """Whom a token names: `principal_id` is the object id that roles are assigned to, `name` the app id, or
    what a person signs in with; `kind` is "Application" or "User"."""

    principal_id: str
    name: str
    kind: str = "Application"


@dataclass(frozen=True, slots=True)
class ArmSettings:
    """The switches of the plane.

    `owner_id`: object id of the principal that is Owner of the subscription from the start.
    `gateway_origin`: where the gateway listens ("http://127.0.0.1:4580"); "" gives Azure's own host names.
    `lro`: "at-once" ends a long-running operation before the answer to the request that started it is out,
    though that answer still says "Creating" as Azure's does; "realistic" takes as long as was recorded,
    times `time_scale`.
    `quota`: limits in thousands of tokens per minute by usage name ("OpenAI.GlobalStandard.gpt-5.1") or, for
    one region, by "region:usage name"; what is not named has the catalogue's limit.
    `rewrites_policies`: whether a policy sent as rawxml is given back re-indented, as one sent as xml is.
    `throttled`: whether callers are counted (see `throttle`); None counts them when work takes its time.
    `replication_seconds`: how long the directory does not know a new identity, which until then is given
    roles with a principalType only. Like an operation, it takes no time unless work takes its time.
    `unregistered`: lower-case namespaces of providers that the subscription has not registered yet.
    """

    tenant_id: str
    subscription_id: str
    owner_id: str = "0b9e1f4c-7f5c-4f2d-9c55-8a3f6f0d2f11"
    gateway_origin: str = ""
    subscription_name: str = "Local Azure"
    lro: Literal["at-once", "realistic"] = "at-once"
    time_scale: float = 1.0
    quota: Mapping[str, int] = field(default_factory=dict)
    unregistered: frozenset[str] = frozenset()
    check_roles: bool = True
    rewrites_policies: bool = False
    throttled: bool | None = None
    replication_seconds: float = 20.0

    @property
    def throttles(self) -> bool:
        return self.lro == "realistic" if self.throttled is None else self.throttled

    def seconds(self, recorded: float) -> float:
        """How long an operation takes that was recorded to take `recorded` seconds."""
        return recorded * self.time_scale if self.lro == "realistic" else 0.0

    def retry_after(self, recorded: int | None) -> int | None:
        """The whole seconds of a Retry-After while an operation is under way, None for no header.

        Where Azure sends none, clients wait half a minute by default, which a scaled clock cannot afford.
        """
        if self.lro == "at-once":
            return None
        if self.time_scale == 1.0:
            return recorded
        return max(1, round((recorded or 0) * self.time_scale))
