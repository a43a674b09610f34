"""Settings and switches by their names, for whoever changes an account that is in use."""

from collections.abc import Mapping
from dataclasses import fields, replace
from functools import cache
from typing import Any, get_args, get_type_hints

from apimlb.errors import ConfigError, meant
from apimlb.local.openai.switches import CHARGES, Settings, Switches


def adjusted(settings: Settings, asked: Mapping[str, Any]) -> Settings:
    """`settings` with the fields of `Settings` and `Switches` that `asked` names; `charging` by the name of
    a profile. Raises `ConfigError` for a field that there is not, or a value that it cannot have."""
    values = {name: _checked(name, value) for name, value in asked.items()}
    own = {name: value for name, value in values.items() if name not in _SWITCHES}
    switches = {name: value for name, value in values.items() if name in _SWITCHES}
    return replace(settings, switches=replace(settings.switches, **switches), **own)


_SWITCHES = frozenset(each.name for each in fields(Switches))


_MOST = 1e12


@cache
def _types() -> dict[str, Any]:
    return {**get_type_hints(Settings), **get_type_hints(Switches)}


def _checked(name: str, value: Any) -> Any:
    if name not in _types() or name == "switches":
        known = sorted(set(_types()) - {"switches"})
        next_step = f"{meant(name, known)} It has {', '.join(known)}.".lstrip()
        raise ConfigError(f"An account has no setting {name!r}.", next_step=next_step)
    if name == "charging":
        if not isinstance(value, str) or value not in CHARGES:
            raise _refused(name, value, f"Choose one of {', '.join(CHARGES)}.")
        return CHARGES[value]
    wanted = _types()[name]
    if options := [option for option in get_args(wanted) if isinstance(option, str)]:
        if value not in options:
            raise _refused(name, value, f"Choose one of {', '.join(options)}.")
        return value
    if name == "answer_tokens":
        return _bounds(name, value)
    if name == "blocked_terms":
        return _terms(name, value)
    return _plain(name, value, wanted)


def _plain(name: str, value: Any, wanted: type) -> Any:
    """A boolean, or a number from 0 up (a pressure above it)."""
    if wanted is bool:
        if not isinstance(value, bool):
            raise _refused(name, value, "Give true or false.")
        return value
    fits = isinstance(value, int) or (wanted is float and isinstance(value, float))
    if isinstance(value, bool) or not fits or not 0 <= value < _MOST:
        raise _refused(name, value, "Give a number from 0 up.")
    if name in ("pressure", "hidden_pressure") and not value:
        raise _refused(name, value, "Give a number above 0: 2 halves every limit.")
    return wanted(value)


def _bounds(name: str, value: Any) -> tuple[int, int]:
    least, most = value if isinstance(value, list) and len(value) == 2 else (0, 0)
    if not (type(least) is type(most) is int and 1 <= least <= most):
        raise _refused(name, value, "Give the least and the most, such as [8, 40].")
    return least, most


def _terms(name: str, value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(term, str) and term for term in value):
        raise _refused(name, value, 'Give a list of texts, such as ["forbidden"].')
    return tuple(value)


def _refused(name: str, value: Any, next_step: str) -> ConfigError:
    return ConfigError(f"{name} cannot be {value!r}.", next_step=next_step)
