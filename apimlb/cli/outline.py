"""The resources of a stack as a person thinks of them: by account and gateway, an API's parts as one thing.

Works on lower-case ids, those of a plan's steps and of tasks alike; what follows a `#` says what is done.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from textwrap import wrap
from typing import Any

from apimlb.deploy.executor import Task
from apimlb.stack.differences import Change

_WIDTH = 80
_FEW = 3
"""How many names of one kind are listed; more are counted."""


@dataclass(frozen=True, slots=True)
class Kind:
    """What a resource of one type is called, and whether its name says something."""

    one: str
    many: str
    named: bool = True


_KINDS: Mapping[str, Kind] = {
    "resourcegroups": Kind("resource group", "resource groups", named=False),
    "userassignedidentities": Kind("identity", "identities", named=False),
    "service": Kind("gateway", "gateways", named=False),
    "accounts": Kind("account", "accounts", named=False),
    "accounts/deployments": Kind("deployment", "deployments"),
    "roleassignments": Kind("role", "roles", named=False),
    "service/backends": Kind("backend", "backends"),
    "service/namedvalues": Kind("named value", "named values"),
    "service/products": Kind("product", "products"),
    "service/products/apis": Kind("place in the product", "places in products", named=False),
    "service/subscriptions": Kind("key", "keys"),
    "workspaces": Kind("log workspace", "log workspaces", named=False),
    "components": Kind("Application Insights", "Application Insights", named=False),
    "workbooks": Kind("workbook", "workbooks", named=False),
    "scheduledqueryrules": Kind("alert", "alerts", named=False),
    "smartdetectoralertrules": Kind("Azure's own alert rule", "Azure's own alert rules", named=False),
    "service/loggers": Kind("logger", "loggers", named=False),
    "service/apis/diagnostics": Kind("diagnostics", "diagnostics", named=False),
    "service/apis": Kind("API", "APIs", named=False),
    "service/apis/policies": Kind("policy", "policies", named=False),
    "service/apis/operations": Kind("operation", "operations"),
    "locations/deletedservices": Kind("deleted gateway", "deleted gateways"),
    "locations/resourcegroups/deletedaccounts": Kind("deleted account", "deleted accounts"),
}
_POOL = Kind("pool", "pools")


def group_of(key: str) -> str:
    """Under which heading it belongs: an account, the gateway, or the stack itself."""
    words = _tail(key)
    for kind, title in (("accounts", "account"), ("service", "gateway")):
        if kind in words[:-1]:
            return f"{title} {words[words.index(kind) + 1]}"
    return "stack"


def api_of(key: str) -> str:
    """The API that it belongs to, empty for what belongs to none."""
    words = _tail(key)
    return words[words.index("apis") + 1] if "apis" in words[:-1] else ""


def kind_of(key: str, label: str = "") -> Kind:
    """What it is; a pool is known by its label, since Azure has pools among the backends."""
    words = _words(key)
    provider = max((place for place, word in enumerate(words) if word.startswith("microsoft.")), default=-1)
    kind = "/".join(words[provider + 1 :: 2]) if provider >= 0 else "/".join(words[2::2])
    if label.startswith("pool "):
        return _POOL
    last = kind.rpartition("/")[2]
    return _KINDS.get(kind, Kind(last, f"{last}s"))


def summed_up(entries: Iterable[tuple[str, str]]) -> str:
    """`account, deployments chat and embedding, role`: what (key, label) pairs are, in their order."""
    names: dict[Kind, list[str]] = {}
    for key, label in entries:
        names.setdefault(kind_of(key, label), []).append(_words(key)[-1])
    return ", ".join(_counted(kind, each) for kind, each in names.items())


def removal_lines(tasks: Sequence[Task]) -> Iterator[str]:
    """What goes, by account and gateway: `- delete deployments chat and embedding, role`."""
    for group in dict.fromkeys(group_of(task.key) for task in tasks):
        yield f"  {group}"
        mine = [task for task in tasks if group_of(task.key) == group]
        for verb in dict.fromkeys(task.verb for task in mine):
            told = summed_up((task.key, task.label) for task in mine if task.verb == verb)
            yield from wrap(
                f"- {verb} {told}",
                _WIDTH,
                initial_indent="    ",
                subsequent_indent="      ",
                break_on_hyphens=False,
            )


def _counted(kind: Kind, names: list[str]) -> str:
    if len(names) == 1:
        return f"{kind.one} {names[0]}" if kind.named else kind.one
    if kind.named and len(names) <= _FEW:
        return f"{kind.many} {', '.join(names[:-1])} and {names[-1]}"
    return f"{len(names)} {kind.many}"


def _tail(key: str) -> list[str]:
    """The words behind the first provider: a resource group may be called `apis`."""
    words = _words(key)
    return words[words.index("providers") + 1 :] if "providers" in words else words


def _words(key: str) -> list[str]:
    return key.partition("#")[0].strip("/").split("/")


def change_lines(change: Change) -> Iterator[str]:
    """What becomes of a field, a line each: `path: before → after`; of a list, what goes and what comes."""
    before, after = change.before, change.after
    if change.is_secret:
        yield f"{change.path}: another value, which is secret"
        return
    if not (isinstance(before, list) and isinstance(after, list)):
        yield f"{change.path}: {_brief(before)} → {_brief(after)}"
        return
    had, wanted = _members(before), _members(after)
    for name in had:
        if name not in wanted:
            yield f"− {name}"
    for name, member in wanted.items():
        if name not in had:
            yield f"+ {name}"
        elif isinstance(member, dict) and member != had[name]:
            yield f"~ {name}: {_difference(had[name], member)}"


def _members(values: list[Any]) -> dict[str, Any]:
    """A list's members by what a person calls each."""
    return {_called(value): value for value in values}


def _called(value: Any) -> str:
    if not isinstance(value, dict):
        return _brief(value)
    name = value.get("id") or value.get("name") or _brief(value)
    return str(name).rpartition("/")[2]


def _difference(before: Any, after: Mapping[str, Any]) -> str:
    had = before if isinstance(before, dict) else {}
    return ", ".join(
        f"{name} {_brief(had.get(name))} → {_brief(value)}"
        for name, value in after.items()
        if name != "id" and had.get(name) != value
    )


def _brief(value: Any) -> str:
    """A value in one line: one that is too long is cut, and what is not there is said to be."""
    if value is None:
        return "(not set)"
    text = " ".join(str(value).split())
    return text if len(text) <= 60 else f"{text[:59]}…"
