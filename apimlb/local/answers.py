"""What somebody found out about Azure, read out of a file and set in the local one.

    {"version": 1, "answers": {"gateway.weighting": "smooth", "openai.charging": {"minute": "opened"}, …}}

A name is that of a plane's switches and of one of them; what begins with `fact.` sets nothing. The file is
what `apimlb verify-live` writes.
"""

import json
from collections.abc import Mapping
from dataclasses import fields, replace
from pathlib import Path
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from apimlb.errors import ConfigError, meant, raise_together, unreadable
from apimlb.local.openai.switches import Charging
from apimlb.local.world import WorldSettings

VERSION = 1
_FACT = "fact."


def read_answers(path: Path) -> dict[str, Any]:
    """The answers in the file by name; raises `ConfigError` when it is no such file."""
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise _wrong(path, f"{error.strerror}.") from None
    except UnicodeDecodeError:
        raise _wrong(path, "The file is not in UTF-8.") from None
    except (ValueError, RecursionError) as error:
        raise unreadable("JSON", error, path) from None
    answers = document.get("answers") if isinstance(document, dict) else None
    if not isinstance(answers, dict) or document.get("version") != VERSION:
        raise _wrong(path, f"It has no answers of version {VERSION}.")
    return answers


def answered(world: WorldSettings, path: Path) -> WorldSettings:
    """The world as the file's answers have it; raises `ConfigError` for all that are no switch or no
    reading."""
    wrong = list[ConfigError]()
    for name, value in read_answers(path).items():
        try:
            world = world if name.startswith(_FACT) else _set(world, path, name, value)
        except ConfigError as error:
            wrong.append(error)
    raise_together(wrong)
    return world


def _set(world: WorldSettings, path: Path, name: str, value: Any) -> WorldSettings:
    plane, _, switch = name.partition(".")
    planes: Mapping[str, Any] = {
        "gateway": world.gateway,
        "policy": world.policy,
        "openai": world.openai.switches,
    }
    known = [f"{each}.{field.name}" for each, held in planes.items() for field in fields(held)]
    if name not in known:
        raise _wrong(path, f"{name}: there is no such switch.{meant(name, known)}")
    held = planes[plane]
    if isinstance(getattr(held, switch), Charging):
        made = replace(held, **{switch: _charging(path, name, getattr(held, switch), value)})
    else:
        made = replace(held, **{switch: _checked(path, name, get_type_hints(type(held))[switch], value)})
    if plane == "openai":
        return replace(world, openai=replace(world.openai, switches=made))
    return replace(world, **{plane: made})


def _charging(path: Path, name: str, held: Charging, value: Any) -> Charging:
    hints = get_type_hints(Charging)
    if not isinstance(value, dict) or not value.keys() <= hints.keys():
        raise _wrong(path, f"{name}: it must be a table of {', '.join(hints)}.")
    return replace(
        held, **{part: _checked(path, f"{name}.{part}", hints[part], v) for part, v in value.items()}
    )


def _checked(path: Path, name: str, hint: Any, value: Any) -> Any:
    """The value as the switch has it; numbers and pairs are as JSON writes them."""
    if get_origin(hint) is tuple:
        if isinstance(value, list) and len(value) == 2 and all(_is(float, each) for each in value):
            return tuple(float(each) for each in value)
    elif get_origin(hint) in (Union, UnionType):
        if any(_is(each, value) for each in get_args(hint)):
            return value
    elif _is(hint, value):
        return float(value) if hint is float else value
    raise _wrong(path, f"{name}: {value!r} is none of its readings{_readings(hint)}.")


def _is(hint: Any, value: Any) -> bool:
    if get_origin(hint) is Literal:
        return any(value == each and type(value) is type(each) for each in get_args(hint))
    if hint is float:
        return isinstance(value, int | float) and not isinstance(value, bool)
    return type(value) is hint


def _readings(hint: Any) -> str:
    literal = get_args(hint) if get_origin(hint) is Literal else ()
    return f", which are {', '.join(map(str, literal))}" if literal else ""


def _wrong(path: Path, what: str) -> ConfigError:
    return ConfigError(what, where=str(path), next_step="`apimlb verify-live` writes such a file.")
