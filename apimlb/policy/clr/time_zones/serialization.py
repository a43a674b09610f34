"""TimeZoneInfo.ToSerializedString and FromSerializedString:
`id;minutes;display;standard;daylight;[start;end;minutes;[transition];[transition];];`"""

import re

from apimlb.policy.clr.budget import charge_each
from apimlb.policy.clr.dates import instants
from apimlb.policy.clr.exceptions import ClrException, argument, required
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


_FIELD = re.compile(r"(?:[^\\\[\];]|\\.)*", re.DOTALL)
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_WRONG_ESCAPE = re.compile(r"(?:[^\\]|\\[\\\[\];])*?\\([^\\\[\];])", re.DOTALL)
_CORRUPT = "System.Runtime.Serialization.SerializationException"


def corrupt(
    message: str = "An error occurred while deserializing the object.  The serialized data is corrupt.",
) -> ClrException:
    return ClrException(_CORRUPT, message)


def deserialized(text: str | None) -> zones.Zone:
    """The zone of a text; throws SerializationException for a text that is not a serialized zone."""
    text = required(text, "source")
    if not text:
        raise argument("The specified serialized string '' is not supported.", "source")
    charge_each(len(text))
    reader = _ZoneReader(text)
    try:
        return reader.zone()
    except ValueError:
        raise corrupt() from None
    except ClrException as error:
        if error.type_name == _CORRUPT:
            raise
        raise corrupt() from error


class _ZoneReader:
    """Walks over a serialized zone; raises ValueError for any other text."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0

    def _peek(self) -> str:
        return self._text[self._at : self._at + 1]

    def _take(self, wanted: str) -> None:
        if self._peek() != wanted:
            raise ValueError(wanted)
        self._at += 1

    def field(self) -> str:
        """A text up to its semicolon, which is stepped over."""
        text = _FIELD.match(self._text, self._at)
        assert text is not None
        if wrong := _WRONG_ESCAPE.match(text[0]):
            raise corrupt(f"The serialized data contained an invalid escape sequence '\\\\{wrong[1]}'.")
        self._at = text.end()
        self._take(";")
        return _ESCAPE.sub(r"\1", text[0])

    def number(self) -> int:
        text = self.field()
        if not text.isascii() or not text.removeprefix("-").isdigit() or len(text) > 9:
            raise ValueError(text)
        return int(text)

    def zone(self) -> zones.Zone:
        id, base = self.field(), instants.TimeSpan(self.number() * instants.TICKS_PER_MINUTE)
        names = (self.field(), self.field(), self.field())
        rules: list[zones.AdjustmentRule] = []
        while self._peek() == "[":
            rules.append(self.rule())
        self._take(";")
        return zones.custom_zone(id, base, names, tuple(rules))

    def rule(self) -> zones.AdjustmentRule:
        self._take("[")
        start, end = self.date(), self.date()
        delta = instants.TimeSpan(self.number() * instants.TICKS_PER_MINUTE)
        made = zones.adjustment_rule(start, end, delta, self.time(), self.time())
        if self._peek() not in "]":
            made.shift = self.number() * instants.TICKS_PER_MINUTE
        self._take("]")
        return made

    def date(self) -> instants.DateTime:
        month, day, year = map(int, self.field().split(":"))
        return instants.DateTime(instants.date_ticks(year, month, day))

    def time(self) -> zones.TransitionTime:
        self._take("[")
        kind, clock, month = self.number(), self.field(), self.number()
        hour, minute, second = clock.split(":")
        whole, _, fraction = second.partition(".")
        ticks = instants.wall_ticks(
            1, 1, 1, int(hour), int(minute), int(whole), int(fraction.ljust(3, "0") or 0)
        )
        first = self.number()
        made = (
            zones.fixed_rule(instants.DateTime(ticks), month, first)
            if kind
            else zones.floating_rule(instants.DateTime(ticks), month, first, self.number())
        )
        self._take("]")
        self._take(";")
        return made
