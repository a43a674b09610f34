"""Objects of anonymous types."""

from dataclasses import dataclass

from apimlb.policy.clr.budget import BUDGET, bounded_text
from apimlb.policy.clr.objects.text import Composite, text_of, written


@dataclass(slots=True, eq=False)
class Anonymous(Composite):
    """An object of an anonymous type."""

    members: dict[str, object]

    @property
    def clr_name(self) -> str:
        return f"<>f__AnonymousType0`{len(self.members)}"

    @property
    def parts(self) -> tuple[object, ...]:
        return (*self.members, *self.members.values())


@written.register
def _text(value: Anonymous) -> str:
    BUDGET.spend()
    inner = ", ".join(f"{name} = {text_of(item)}" for name, item in value.members.items())
    return bounded_text(f"{{ {inner} }}") if inner else "{ }"
