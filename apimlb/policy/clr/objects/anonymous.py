"""Objects of anonymous types."""

from dataclasses import dataclass

from apimlb.policy.clr.budget import BUDGET, bounded_text
from apimlb.policy.clr.objects.text import clr_equals, equal_values, key_of, key_of_other, text_of, written


@dataclass(slots=True, eq=False)
class Anonymous:
    """An object of an anonymous type."""

    members: dict[str, object]

    @property
    def clr_name(self) -> str:
        return f"<>f__AnonymousType0`{len(self.members)}"


@written.register
def _text(value: Anonymous) -> str:
    BUDGET.spend()
    inner = ", ".join(f"{name} = {text_of(item)}" for name, item in value.members.items())
    return bounded_text(f"{{ {inner} }}") if inner else "{ }"


@equal_values.register
def _equal(left: Anonymous, right: Anonymous) -> bool:
    return left.members.keys() == right.members.keys() and all(
        clr_equals(item, right.members[name]) for name, item in left.members.items()
    )


@key_of_other.register
def _key(value: Anonymous) -> object:
    return tuple((name, key_of(item)) for name, item in value.members.items())
