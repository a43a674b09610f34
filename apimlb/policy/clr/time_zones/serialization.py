"""TimeZoneInfo.ToSerializedString and FromSerializedString:
`id;minutes;display;standard;daylight;[start;end;minutes;[transition];[transition];];`"""

import re

from apimlb.policy.clr.budget import charge_each
from apimlb.policy.clr.dates import instants
from apimlb.policy.clr.exceptions import ClrException, argument
from apimlb.policy.clr.time_zones import zones


def serialized(zone: zones.Zone) -> str:
    """The zone as one text."""
    texts = (zone.display, zone.standard, zone.daylight)
    head = [_escaped(zone.id), str(zone.base // instants.TICKS_PER_MINUTE), *map(_escaped, texts)]
    charge_each(64 * len(zone.rules))
    return f"{';'.join(head)};{''.join(map(_rule_text, zone.rules))};"


def _escaped(text: str) -> str:
    return "".join(f"\\{char}" if char in "\\[];" else char for char in text)


def _rule_text(rule: zones.AdjustmentRule) -> str:
    days = map(instants.date_of, (rule.start.ticks, rule.end.ticks))
    dates = [f"{day.month:02}:{day.day:02}:{day.year:04}" for day in days]
    shift = f"{rule.shift // instants.TICKS_PER_MINUTE};" if rule.shift else ""
    times = "".join(map(_time_text, (rule.begins, rule.ends)))
    return f"[{dates[0]};{dates[1]};{rule.delta // instants.TICKS_PER_MINUTE};{times}{shift}]"


def _time_text(time: zones.TransitionTime) -> str:
    seconds, rest = divmod(time.time // instants.TICKS_PER_MILLISECOND, 1000)
    minutes, second = divmod(seconds, 60)
    fraction = f".{rest:03}".rstrip("0") if rest else ""
    clock = f"{minutes // 60:02}:{minutes % 60:02}:{second:02}{fraction}"
    when = f"{time.day};" if time.fixed else f"{time.week};{time.weekday};"
    return f"[{int(time.fixed)};{clock};{time.month};{when}];"


_TEXT = r"(?:[^\\\[\];]|\\[\\\[\];])*"
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_NUMBER = r"([+-]?\d{1,8});"
_HEAD = re.compile(rf"({_TEXT});{_NUMBER}({_TEXT});({_TEXT});({_TEXT});", re.ASCII)
_DATE = r"(\d\d):(\d\d):(\d{4});"
_MORE = r"(?:[^\\\[\]]++|\\[\\\[\];])*+"
"""Fields of a later version, which are skipped."""

_TIME = rf"\[0*([01]);(\d\d):(\d\d):(\d\d)(?:\.(\d{{0,3}}))?;{_NUMBER}{_NUMBER}(?:{_NUMBER})?{_MORE}\];"
_RULE = re.compile(rf"\[{_DATE}{_DATE}{_NUMBER}{_TIME}{_TIME}(?:{_NUMBER}|(?![-+\d])){_MORE}\]", re.ASCII)
_CORRUPT = "System.Runtime.Serialization.SerializationException"


def corrupt(text: str = "") -> ClrException:
    """What is wrong in a text: an escape that there is not, or anything else."""
    message = "An error occurred while deserializing the object.  The serialized data is corrupt."
    wrong = next((each[1] for each in _ESCAPE.finditer(text) if each[1] not in "\\[];"), None)
    if wrong is not None:
        message = f"The serialized data contained an invalid escape sequence '\\\\{wrong}'."
    return ClrException(_CORRUPT, message)


def deserialized(text: str) -> zones.Zone:
    """The zone of a text; throws SerializationException for a text that is not a serialized zone."""
    if not text:
        raise argument("The specified serialized string '' is not supported.", "source")
    charge_each(len(text))
    try:
        return _zone(text)
    except ClrException as error:
        if error.type_name == _CORRUPT:
            raise
        raise corrupt() from error


def _zone(text: str) -> zones.Zone:
    head = _HEAD.match(text)
    if head is None:
        raise corrupt(text)
    id, base, display, standard, daylight = (_ESCAPE.sub(r"\1", each) for each in head.groups())
    rules: list[zones.AdjustmentRule] = []
    at = head.end()
    while found := _RULE.match(text, at):
        rules.append(_rule(*found.groups()))
        at = found.end()
    if text[at : at + 1] != ";":
        raise corrupt(text)
    return zones.custom_zone(id, _minutes(base), display, standard, daylight, rules)


def _minutes(number: str) -> instants.TimeSpan:
    return instants.TimeSpan(int(number) * instants.TICKS_PER_MINUTE)


def _rule(*parts: str) -> zones.AdjustmentRule:
    start, end = (
        instants.DateTime(instants.date_ticks(int(year), int(month), int(day)))
        for month, day, year in (parts[:3], parts[3:6])
    )
    made = zones.adjustment_rule(start, end, _minutes(parts[6]), _time(*parts[7:15]), _time(*parts[15:23]))
    made.shift = _minutes(parts[23] or "0").ticks
    return made


def _time(
    fixed: str, hour: str, minute: str, second: str, fraction: str | None, month: str, first: str,
    weekday: str | None,
) -> zones.TransitionTime:  # fmt: skip
    milliseconds = int((fraction or "").ljust(3, "0"))
    time = instants.DateTime(instants.wall_ticks(1, 1, 1, int(hour), int(minute), int(second), milliseconds))
    if fixed == "1":
        return zones.fixed_rule(time, int(month), int(first))
    if weekday is None:
        raise corrupt()
    return zones.floating_rule(time, int(month), int(first), int(weekday))
