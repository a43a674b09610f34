"""Time zones by the names that Azure's gateways know, and what .NET on Windows says where Linux differs."""

import subprocess
import sys
from typing import Any

import pytest

from apimlb.policy.rehearse.cases import answer


def value(expression: str) -> Any:
    found = answer(expression, {})
    assert "value" in found, found
    return found["value"]


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ('TimeZoneInfo.ConvertTimeBySystemTimeZoneId(DateTime.UtcNow, "Pacific Standard Time").ToString("s")',
         "2026-01-01T19:04:06"),
        ('TimeZoneInfo.ConvertTimeFromUtc(new DateTime(2026, 7, 1), TimeZoneInfo.FindSystemTimeZoneById('
         '"W. Europe Standard Time")).Hour', "2"),
        ('TimeZoneInfo.ConvertTime(DateTimeOffset.UtcNow, TimeZoneInfo.FindSystemTimeZoneById('
         '"india standard time")).ToString("o")', "2026-01-02T08:34:06.2340000+05:30"),
        ('TimeZoneInfo.FindSystemTimeZoneById("gmt standard time").Id', "GMT Standard Time"),
        ('TimeZoneInfo.FindSystemTimeZoneById("Utc") == TimeZoneInfo.Utc', "True"),
        ('TimeZoneInfo.FindSystemTimeZoneById("Eastern Standard Time").DaylightName',
         "Eastern Daylight Time"),
        ('TimeZoneInfo.FindSystemTimeZoneById("Eastern Standard Time").ToString()',
         "(UTC-05:00) Eastern Standard Time"),
        ('TimeZoneInfo.FindSystemTimeZoneById("Tokyo Standard Time").SupportsDaylightSavingTime', "False"),
        ('TimeZoneInfo.FindSystemTimeZoneById("W. Europe Standard Time").SupportsDaylightSavingTime', "True"),
        ('TimeZoneInfo.FindSystemTimeZoneById("Pacific Standard Time").HasSameRules('
         'TimeZoneInfo.FindSystemTimeZoneById("America/Los_Angeles"))', "True"),
        ("TimeZoneInfo.Local", "(UTC) Coordinated Universal Time"),
        ("TimeZone.CurrentTimeZone.StandardName", "Coordinated Universal Time"),
        ("TimeZoneInfo.GetSystemTimeZones().Count > 130", "True"),
        ("TimeZoneInfo.GetSystemTimeZones().First().Id", "Dateline Standard Time"),
        ("TimeZoneInfo.GetSystemTimeZones().Contains(TimeZoneInfo.Utc)", "True"),
    ],
)  # fmt: skip
def test_a_policy_names_zones_as_windows_does(expression: str, expected: str) -> None:
    assert value(f"@({expression})") == expected


def test_the_last_rule_of_a_zone_goes_on_as_on_windows() -> None:
    found = value(
        '@{ var r = TimeZoneInfo.FindSystemTimeZoneById("Pacific Standard Time").GetAdjustmentRules().Last();'
        " var s = r.DaylightTransitionStart; var e = r.DaylightTransitionEnd;"
        ' return $"{r.DateStart:d} {r.DateEnd:d} {r.DaylightDelta} {s.Month}/{s.Week} {s.DayOfWeek} '
        '{s.TimeOfDay:t} {e.Month}/{e.Week}"; }'
    )
    assert found == "01/01/2007 12/31/9999 01:00:00 3/2 Sunday 02:00 11/1"


ZONES = (
    "W. Europe Standard Time",
    "Pacific Standard Time",
    "AUS Eastern Standard Time",
    "Morocco Standard Time",
)


@pytest.mark.parametrize("name", ZONES)
def test_a_serialized_zone_comes_back_with_the_same_rules(name: str) -> None:
    assert (
        value(
            f'@{{ var z = TimeZoneInfo.FindSystemTimeZoneById("{name}"); return '
            "TimeZoneInfo.FromSerializedString(z.ToSerializedString()).Equals(z); }"
        )
        == "True"
    )


@pytest.mark.parametrize(
    "name",
    ["", "..", "../UTC", "/etc/passwd", "Europe", "europe/berlin/", "localtime", "posix/UTC", "tzdata.zi",
     "Europe/Berlin\\0", "Europe\\\\Berlin", "leapseconds", "A" * 100],
)  # fmt: skip
def test_what_is_no_zone_is_not_looked_for_among_the_files(name: str) -> None:
    found = answer(f'@(TimeZoneInfo.FindSystemTimeZoneById("{name}"))', {})
    assert found["throws"] == "System.TimeZoneNotFoundException"


def test_zones_are_loaded_when_a_policy_first_asks() -> None:
    code = (
        "import sys\nfrom apimlb.policy.csharp.expression import compile_expression\n"
        "compile_expression('@(TimeZoneInfo.FindSystemTimeZoneById(\"UTC\"))')\n"
        "assert not {'tzlocal', 'zoneinfo', 'cryptography'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
