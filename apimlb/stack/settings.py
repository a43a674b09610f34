"""A stack's settings out of several places: flag, else environment, else file, else default.

A setting has a dotted path. An account is addressed by its name, and a table that the file does not have is
the default's:

    tier                            APIMLB_TIER
    deployments.chat.capacity       APIMLB_DEPLOYMENTS__CHAT__CAPACITY
    accounts.eastus2.priority       APIMLB_ACCOUNTS__EASTUS2__PRIORITY
    accounts                        APIMLB_ACCOUNTS=eastus2,westus3
"""

import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from apimlb.errors import ConfigError, meant
from apimlb.numerals import is_digits

PREFIX = "APIMLB_"
_OTHER = frozenset(
    {"ARM_ENDPOINT", "CA", "CONFIG", "DEBUG", "GATEWAY_URL", "SHARED", "STACK", "STATE", "TARGET", "WIRE_LOG"}
)
"""What the environment says that is no setting of a stack's."""
DEFAULT = "default"

Tables = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Assignment:
    """A setting that is said outside of the file: its path, its text or value, and where it was said."""

    path: str
    value: Any
    origin: str


class Literal(str):
    """A value as it stands in `--set PATH=VALUE`."""

    __slots__ = ()


@dataclass(slots=True)
class Settings:
    """The tables as they are in the end, and where each setting comes from, by its path."""

    tables: Tables
    origins: dict[str, str] = field(default_factory=dict)

    def origin(self, path: str) -> str:
        """Where the setting at a path comes from."""
        return self.origins.get(path, DEFAULT)

    def blamed(self, paths: Iterable[str]) -> str:
        """Where the settings at these paths come from, or what is in the tables there; for no path all that
        was said."""
        found: dict[str, None] = {}
        for path in map(self._named, paths):
            for known, origin in self.origins.items():
                if not path or known == path or known.startswith(f"{path}.") or path.startswith(f"{known}."):
                    found[origin] = None
        return " and ".join(found)

    def _named(self, path: str) -> str:
        """The path with an account's name for its number."""
        first, _, rest = path.partition(".")
        number, dot, tail = rest.partition(".")
        rows = self.tables.get("accounts")
        if first != "accounts" or not is_digits(number) or not isinstance(rows, list):
            return path
        row = rows[int(number)]
        return f"accounts.{_name(row)}{dot}{tail}" if isinstance(row, dict) else first


def in_environment(
    environ: Mapping[str, str], known: Iterable[str]
) -> tuple[list[Assignment], list[ConfigError]]:
    """The settings that the environment has, and what is wrong: what is almost one of `known`."""
    settings, found, wrong = list(known), [], list[ConfigError]()
    for name in sorted(environ):
        if not name.startswith(PREFIX) or name.startswith(f"{PREFIX}TEST_"):
            continue
        first, *rest = name.removeprefix(PREFIX).lower().split("__")
        if first in settings:
            found.append(Assignment(".".join([first, *rest]), environ[name], name))
        elif first.upper() not in _OTHER and meant(first, settings):
            near = meant(name, [f"{PREFIX}{s.upper()}" for s in settings])
            wrong.append(
                ConfigError(
                    f"{name} is no setting.{near}",
                    where="the environment",
                    next_step="Correct its name, or unset it.",
                )
            )
    return found, wrong


def settled(
    file: Tables, source: str, said: Iterable[Assignment], defaults: Tables
) -> tuple[Settings, list[ConfigError]]:
    """The file's tables with what is said instead, the last of several that contradict each other, and what
    is wrong: paths that lead nowhere, of which nothing is in the tables.

    `defaults` are the tables that are extended where the file has none.
    """
    made = Settings(deepcopy(file), dict.fromkeys(_paths(file), source))
    known = file.get("deployments", defaults.get("deployments", {}))
    assigned, wrong = [], list[ConfigError]()
    for assignment in said:
        try:
            for each in _spread(assignment, made.tables.get("deployments", defaults.get("deployments", {}))):
                _assign(made, each, defaults)
            assigned.append(assignment)
        except ConfigError as error:
            wrong.append(error)
    for assignment in assigned:
        lacking = _no_deployment(made.tables, assignment, known)
        wrong += [lacking] if lacking else []
    return made, wrong


def _no_deployment(tables: Tables, said: Assignment, known: Any) -> ConfigError | None:
    """What is wrong with a setting of a deployment that there is not, and that has no model either: it goes
    out of the tables, too."""
    first, _, rest = said.path.partition(".")
    name, _, field = rest.partition(".")
    if first != "deployments" or not field or name == "*" or not isinstance(known, dict):
        return None
    spelled = _spelled(name, known)
    table = tables["deployments"].get(spelled)
    if spelled in known or (isinstance(table, dict) and "model" in table):
        return None
    tables["deployments"].pop(spelled, None)
    return ConfigError(
        f"{said.path}: there is no deployment {name}.{meant(name, [*known])}",
        where=said.origin,
        next_step=f"There are {', '.join(known)}. A new one needs a model and a version, too.",
    )


def _spread(said: Assignment, deployments: Any) -> Iterator[Assignment]:
    """`deployments.*` is said of every deployment."""
    if ".*" not in said.path or not isinstance(deployments, dict):
        yield said
        return
    for name in deployments:
        yield Assignment(said.path.replace("*", name, 1), said.value, said.origin)


def _paths(tables: Tables, above: str = "") -> Iterable[str]:
    """Each value's path; an account's by its name."""
    for name, value in tables.items():
        path = f"{above}{name}"
        if name == "accounts" and isinstance(value, list) and value:
            for row in value:
                if isinstance(row, dict):
                    yield from _paths(row, f"{path}.{_name(row)}.")
        elif isinstance(value, dict) and value:
            yield from _paths(value, f"{path}.")
        else:
            yield path


def _assign(made: Settings, said: Assignment, defaults: Tables) -> None:
    parts = said.path.split(".")
    if parts == ["accounts"] and isinstance(said.value, str) and not said.value.lstrip().startswith("["):
        rows = made.tables["accounts"] = _chosen(said.value, _rows(made.tables, defaults))
        chosen = {f"accounts.{_name(row)}" for row in rows}
        for path in [*made.origins]:
            if path.startswith("accounts.") and ".".join(path.split(".")[:2]) not in chosen:
                del made.origins[path]
        made.origins |= dict.fromkeys((f"{each}.location" for each in chosen), said.origin)
        if not chosen:
            made.origins["accounts"] = said.origin
        return
    table, kept = made.tables, parts
    if len(parts) > 1:
        if parts[0] == "accounts":
            rows = made.tables["accounts"] = _rows(made.tables, defaults)
            table = _account(rows, parts[1], said)
            kept = ["accounts", _name(table), *parts[2:]]
            parts = parts[2:]
        else:
            table = made.tables.setdefault(parts[0], deepcopy(defaults.get(parts[0], {})))
            if table is True:  # as if it said nothing in particular
                table = made.tables[parts[0]] = {}
            kept = parts = [parts[0], _spelled(parts[1], table), *parts[2:]]
            parts = parts[1:]
    _put(table, parts, read(said.value), said)
    made.origins[".".join(kept)] = said.origin


def _put(table: Any, path: Sequence[str], value: Any, said: Assignment) -> None:
    for part in path[:-1]:
        table = table.setdefault(part, {}) if isinstance(table, dict) else None
    if not isinstance(table, dict) or not path:
        raise ConfigError(f"There is nothing at {said.path}.", where=said.origin)
    table[path[-1]] = value


def _chosen(names: str, rows: Sequence[Tables]) -> list[Tables]:
    """The accounts of these names, separated by commas: those that are known, and new ones in that region."""
    known = {_name(row): row for row in rows}
    return [known.get(name, {"location": name}) for name in (n.strip() for n in names.split(",")) if name]


def _account(rows: Sequence[Tables], name: str, said: Assignment) -> Tables:
    known = {_name(row): row for row in rows}
    spelled = _spelled(name, known)
    if spelled not in known:
        raise ConfigError(
            f"{said.path}: there is no account {name}.{meant(name, [*known])}",
            where=said.origin,
            next_step=f"There are {', '.join(known)}.",
        )
    return known[spelled]


def _rows(tables: Tables, defaults: Tables) -> list[Tables]:
    """The accounts' tables; what is no table is left to whoever validates them."""
    rows = tables.get("accounts", deepcopy(defaults.get("accounts", [])))
    return rows if isinstance(rows, list) and all(isinstance(row, dict) for row in rows) else []


def _name(row: Mapping[str, Any]) -> str:
    return str(row.get("name") or row.get("location") or "")


def _spelled(name: str, known: Mapping[str, Any]) -> str:
    """An environment variable has no hyphens."""
    hyphened = name.replace("_", "-")
    return hyphened if name not in known and hyphened in known else name


def read(value: Any) -> Any:
    """A text as TOML has it where that is a number, truth, list or table; else the text itself."""
    if not isinstance(value, str):
        return value
    try:
        found = tomllib.loads(f"value = {value}")["value"] if "\n" not in value else value
    except ValueError:
        return value
    return found if isinstance(found, bool | int | str | list | dict) else value
