"""The automaton with which .NET reads a text as a date and a time, in the invariant culture.

A text is numbers, names of months and weekdays, and what stands between them. Each number or month makes a
step by what follows it. A step may end a date (`D..`) or a time (`T..`); then the next one begins.
`benchmarks/policy_differential.py --texts` compares it with .NET.
"""

import re
from typing import Final

from apimlb.policy.clr.budget import BUDGET
from apimlb.policy.clr.dates import instants
from apimlb.policy.clr.dates.calendar import CALENDAR
from apimlb.policy.clr.exceptions import ClrException

WHITE: Final = "\t\n\x0b\x0c\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
_SPACE: Final = re.compile(f"[{WHITE}]*")
_WORD: Final = re.compile(r"[^\W\d_]+")
_TOKEN: Final = re.compile(f"[{WHITE}]*(?:([0-9]+)|({_WORD.pattern}))")
_FRACTION: Final = re.compile(r"\.([0-9]*)")
_ZONE: Final = re.compile("([+-])([0-9]{1,2})(?::([0-9]{1,2})|([0-9]{2}))?(?![0-9])")
_SIGNED: Final = re.compile(f"[{WHITE}]*(?=[+-].)", re.DOTALL)
_ISO_TIME: Final = re.compile(
    r"S([0-9]{2})(?![0-9])S:S([0-9]{2})(?![0-9])S(?::S([0-9]{2})(?![0-9])(?:\.([0-9]+))?S)?(?:([Zz])|(?=[+-]))?".replace(
        "S", _SPACE.pattern
    )
)
"""What follows the T of a date that has its year first."""

_WORDS: Final = {
    "am": ("half", 0), "pm": ("half", 12), "z": ("offset", 0), "gmt": ("offset", 0),
} | {
    word.lower(): (fact, number)
    for fact, names, first in (("month", instants.MONTHS, 1), ("weekday", instants.DAYS, 0))
    for number, name in enumerate(names, first)
    for word in (name, name[:3])
}  # fmt: skip
"""What each word tells."""

_EVENT_OF: Final = {"weekday": "Weekday", "offset": "Zone", "half": ""}

_MOST_DIGITS: Final = 8
_EVENT_STEPS: Final = 3

_EVENTS: Final = (
    "End", "NumEnd", "NumHalf", "NumSpace", "NumDate", "NumTime", "MonthEnd", "MonthSpace", "MonthDate",
    "Weekday", "YearSpace", "YearDate", "YearEnd", "Zone",
)  # fmt: skip
"""What can come: a number, a month or a year by what follows it (the end, AM or PM, space, the separator of a
date or of a time), a weekday, a zone."""

_TABLE: Final = {
    # state    End   NEnd  NHalf NSpc  NDate NTime MEnd  MSpc  MDate Weekd YSpc  YDate YEnd  Zone
    "begin": "begin -     T:N   n     n/    n:    -     m     m     begin y     y     -     begin",
    "n":     "-     D:NN  -     nn    nn/   -     D:NM  nm    mn/   n     yn    yn/   D:YN  n",
    "nn":    "D:NN  D:NNN T:N   D:NNN -     n:    D:MNN D:MNN -     nn    D:NNY -     D:NNY nn",
    "n/":    "-     D:NN  -     n/n   nn/   -     D:NM  mn    mn/   n/    yn    yn/   D:YN  -",
    "n/n":   "D:NN  D:NNN T:N   D:NNN -     n:    D:MNN D:MNN -     n/n   D:NNY -     D:NNY -",
    "nn/":   "-     D:NNN D:NNN D:NNN -     -     D:MNN D:MNN -     nn/   D:NNY -     D:NNY -",
    "m":     "-     D:MN  -     mn    mn/   -     -     -     -     m     ym    ym/   D:YM  -",
    "mn":    "D:MN  D:MNN D:MNN D:MNN -     n:    -     -     -     mn    D:YMN -     D:YMN -",
    "nm":    "D:NM  D:MNN D:MNN D:MNN -     n:    -     -     -     nm    D:YMN -     D:YMN -",
    "mn/":   "-     D:MNN -     D:MNN -     -     -     -     -     mn/   D:YMN -     D:YMN -",
    "y":     "-     D:YN  -     yn    yn/   -     D:YM  ym    ym/   y     -     -     -     -",
    "yn":    "D:YN  D:YNN D:YNN D:YNN -     -     D:YMN D:YMN -     yn    -     -     -     -",
    "yn/":   "-     D:YNN D:YNN D:YNN -     -     D:YMN D:YMN -     yn    -     -     -     -",
    "ym":    "D:YM  D:YMN D:YMN D:YMN -     -     -     -     -     ym    -     -     -     -",
    "ym/":   "-     D:YMN D:YMN D:YMN -     -     -     -     -     ym    -     -     -     -",
    "n:":    "-     T:NN  T:NN  T:NN  -     nn:   D:NM  nm    -     -     -     -     -     n:",
    "nn:":   "-     T:NNN T:NNN T:NNN -     -     -     -     -     nn:   -     -     -     nn:",
}  # fmt: skip
_STATES: Final = {state: dict(zip(_EVENTS, row.split(), strict=True)) for state, row in _TABLE.items()}


class Unreadable(Exception):
    """A text that names no moment. The argument is what .NET says of it, where that is nothing general; the
    text belongs into its braces."""


_NO_SUCH_TIME: Final = (
    "The DateTime represented by the string '{}' is not supported in calendar "
    "'System.Globalization.GregorianCalendar'."
)


class DateMachine:
    """Reads one text. `told` are the facts that are known of the moment: year, month, weekday and date, hour,
    minute and second, half of the day, and offset."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.state = "begin"
        self.numbers: list[int] = []
        self.told: dict[str, int] = {}
        self.fraction = 0

    def run(self) -> int:
        """Ticks of the wall clock."""
        event = ""
        while event not in ("End", "NumEnd", "MonthEnd", "YearEnd"):
            event = self._next()
            if event == "NumLocal":
                self._joined_time()
                event = "End"
            elif event:
                self.state = _STATES[self.state][event]
                if self.state == "-":
                    raise Unreadable
                if ":" in self.state and self.state[0] in "DT":
                    self._settle(self.state)
                    self.state = "begin"
        date, weekday = self.told.get("date"), self.told.get("weekday")
        if date is None and "hour" not in self.told:
            raise Unreadable
        clock = self._clock()
        if date is None:
            date = self._today()
        if weekday is not None and (date // instants.TICKS_PER_DAY + 1) % 7 != weekday:
            raise Unreadable(
                "String '{}' was not recognized as a valid DateTime because the day of week was incorrect."
            )
        if abs(self.told.get("offset", 0)) > 14 * instants.TICKS_PER_HOUR:
            raise Unreadable("The time zone offset of string '{}' must be within plus or minus 14 hours.")
        return date + clock

    def _today(self) -> int:
        return CALENDAR.today(self.told.get("offset", 0))

    def _clock(self) -> int:
        told = self.told
        hour, minute, second = told.get("hour", 0), told.get("minute", 0), told.get("second", 0)
        half = told.get("half")
        if half is not None and hour > (23 if half else 12):
            raise Unreadable
        if half == 0:
            hour %= 12
        elif half and hour < 12:
            hour += half
        if hour > 23 or minute > 59 or second > 59:
            raise Unreadable(_NO_SUCH_TIME)
        return instants.time_ticks(hour, minute, second) + self.fraction

    def _tell(self, fact: str, value: int) -> None:
        """Note what a text may say once."""
        if fact in self.told:
            raise Unreadable
        self.told[fact] = value

    def _take(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """What matches here, which is read then."""
        found = pattern.match(self.text, self.at)
        if found is not None:
            self.at = found.end()
        return found

    # What comes

    def _next(self) -> str:
        """The event that comes next, "" for what changes no state."""
        BUDGET.spend(_EVENT_STEPS)
        if (found := self._take(_TOKEN)) is not None:
            return self._number(found[1]) if found[1] else self._word(found[2])
        self._take(_SPACE)
        return self._sign() if self.at < len(self.text) else "End"

    def _number(self, digits: str) -> str:
        if len(self.numbers) == 3 or len(digits) > _MOST_DIGITS:
            raise Unreadable
        timed = self.state in ("n:", "nn:")
        if self.state == "nn:" and (found := self._take(_FRACTION)) is not None:
            self.fraction = fraction_ticks(found[1])
        if timed:
            self._zone_behind()
        if len(digits) > 2:
            self._tell("year", int(digits))
            return self._separated("Year")
        event = self._separated("Num")
        if event == "NumHalf" and self.state == "n/n":  # of "1/10 5 AM" the time begins here
            self._settle("D:NN")
        self.numbers.append(int(digits))
        if event == "NumHalf" and timed:
            self._zone_behind()
        return event

    def _word(self, word: str) -> str:
        told = _WORDS.get(word.lower())
        if told is None:
            raise Unreadable(
                "The string '{}' was not recognized as a valid DateTime. There is an unknown word starting "
                f"at index '{self.at - len(word)}'."
            )
        fact, value = told
        self._tell(fact, value)
        if fact == "month":
            return self._separated("Month")
        return _EVENT_OF[fact]

    def _sign(self) -> str:
        char = self.text[self.at]
        if char in "+-":
            self._zone()
        elif char in ",." or (char == "#" and _HASHED.match(self.text)):
            self.at += 1
        else:
            raise Unreadable
        return ""

    def _separated(self, what: str) -> str:
        """The event by what follows the number, year or month that ends here."""
        before = self.at
        self._take(_SPACE)
        if self.at >= len(self.text):
            return what + "End"
        char = self.text[self.at]
        if char == "/" or (char == ":" and what == "Num"):
            self.at += 1
            return what + ("Date" if char == "/" else "Time")
        if char == "-":
            return self._dashed(what, before)
        found = _WORD.match(self.text, self.at)
        word = "" if found is None else found[0].lower()
        if (word in ("am", "pm") and what == "Month") or (word == "t" and what != "Num") or char == ":":
            raise Unreadable
        if word in ("am", "pm", "t"):
            self.at += len(word)
            if word == "t":
                return "NumLocal"
            self._tell(*_WORDS[word])
            return "NumHalf" if what == "Num" else "YearSpace"
        return what + "Space"

    def _dashed(self, what: str, before: int) -> str:
        """A dash belongs to the date, or to an offset where the date is whole."""
        row = _STATES[self.state]
        if row[what + "Date"] == "-" and row[what + "Space"][:2] in ("D:", "T:"):
            self.at = before
            return what + "Space"
        self.at += 1
        return what + "Date"

    def _zone_behind(self) -> None:
        """Read the offset behind a time, if there is one."""
        if self._take(_SIGNED) is not None:
            self._zone()

    def _zone(self) -> None:
        """Read an offset."""
        found = self._take(_ZONE)
        minutes = 60 if found is None else int(found[3] or found[4] or 0)
        if found is None or minutes > 59:
            raise Unreadable
        ticks = (int(found[2]) * 60 + minutes) * instants.TICKS_PER_MINUTE
        self._tell("offset", -ticks if found[1] == "-" else ticks)

    # From parts to a date

    def _settle(self, end: str) -> None:
        kind, shape = end.split(":")
        numbers, self.numbers = self.numbers, []
        if kind == "D":
            self._tell("date", self._date(shape, numbers))
            return
        hour, minute, second = (*numbers[: len(shape)], 0, 0)[:3]
        self._tell("hour", hour)
        self.told.update(minute=minute, second=second)

    def _date(self, shape: str, numbers: list[int]) -> int:
        if shape == "NM":  # MMMM dd has its day last, yyyy MMMM its year first: the number is a year
            numbers = [1, *numbers]
        if "month" in self.told:
            numbers = [self.told["month"], *numbers]
        month, day, *years = (*numbers, 1)
        year = self.told.get("year")
        if year is None and len(years) < 2:
            year = instants.date_of(self._today()).year
        elif year is None:
            year = _century(years[0])
            if shape == "MNN" and not 1 <= day <= instants.days_in_month(year, month):
                year, day = _century(day), years[0]
        return instants.date_ticks(year, month, day)

    def _joined_time(self) -> None:
        """Read the time and the offset behind the T of an ISO date, which ends there."""
        found = self._take(_ISO_TIME)
        if found is None or self.state not in ("yn", "yn/"):
            raise Unreadable
        if found[5]:
            self.told["offset"] = 0
        elif self.text[self.at : self.at + 1] in ("+", "-"):
            self.told.pop("offset", None)
            self._zone()
        self._take(_SPACE)
        if self.at < len(self.text):
            raise Unreadable
        hour, minute, second = int(found[1]), int(found[2]), int(found[3] or 0)
        self.told.update(hour=hour, minute=minute, second=second)
        self.fraction = fraction_ticks(found[4] or "")
        try:
            self.told["date"] = self._date("YNN", self.numbers)
        except ClrException:
            raise Unreadable(_NO_SUCH_TIME) from None
        for fact in ("weekday", "half"):
            self.told.pop(fact, None)


_HASHED: Final = re.compile(f"[{WHITE}]*#[^#]*#[{WHITE}]*\\Z")
"""A date between the signs that Visual Basic writes around one."""


def _century(year: int) -> int:
    return year + (2000 if year < 30 else 1900)


def fraction_ticks(digits: str) -> int:
    """Ticks of the digits behind the point of a second, rounded."""
    return (int(digits[:8].ljust(8, "0")) + 5) // 10
