"""What binding finds out about an expression beside its Python."""

from dataclasses import dataclass, field

from apimlb.policy.csharp.syntax.statement_nodes import SwitchLabel


@dataclass(slots=True, eq=False, repr=False)
class SwitchFacts:
    """What types and constants say of a switch: whether some label takes every value, and the one label that
    takes a constant value (None: any may)."""

    covered: bool = False
    chosen: SwitchLabel | None = None
    constant: bool = False


@dataclass(slots=True, eq=False, repr=False)
class Facts:
    """By the ids of nodes: conditions that are constant, patterns that every value fits, and switches.

    partial     whether a local may have no value where it is used, for all that binding can tell
    properties  the properties that are read, as (type, name)
    """

    truths: dict[int, bool] = field(default_factory=dict)
    always: set[int] = field(default_factory=set)
    switches: dict[int, SwitchFacts] = field(default_factory=dict)
    partial: bool = False
    properties: set[tuple[str, str]] = field(default_factory=set)
