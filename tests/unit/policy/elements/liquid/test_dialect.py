"""The dialect: filters in Pascal case, .NET's formats, arrays with commas; what it refuses and bounds."""

import pytest

from apimlb.policy.clr.budget import Allowance
from apimlb.policy.clr.dates.calendar import CALENDAR
from apimlb.policy.clr.exceptions import ClrException
from apimlb.policy.elements.liquid.dialect import compiled
from apimlb.policy.rehearse.services import ScriptedClock
from apimlb.policy.run.faults import PolicyFault

NOW = 1_795_262_400.0  # 2026-11-21T12:00:00Z


def rendered(source: str, **data: object) -> str:
    CALENDAR.clock = ScriptedClock(NOW)
    with Allowance().turn():
        return compiled(source)(data)


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("{{ -3 | Abs }}", "3"),
        ("{{ 'a' | Append: 'b' | Prepend: 'c' }}", "cab"),
        ("{{ 3 | AtLeast: 5 }} {{ 3 | AtMost: 2 }}", "5 2"),
        ("{{ 'word here' | Capitalize }}", "Word here"),
        ("{{ list | Compact | Join: ',' }}", "b,a,b"),
        ("{{ 1234.5 | Currency }} {{ -2 | Currency }}", "¤1,234.50 (¤2.00)"),
        ("{{ 'much' | Currency }}", "much"),
        ("{{ '2026-03-04T05:06:07Z' | Date: 'yyyyMMddTHH:mm:ssZ' }}", "20260304T05:06:07Z"),
        ("{{ 'now' | Date: 'yyyy-MM-dd HH:mm' }}", "2026-11-21 12:00"),
        ("{{ 'never' | Date: 'yyyy' }}", "never"),
        ("{{ nothing | Default: 'd' }}", "d"),
        ("{{ 7 | DividedBy: 2 }} {{ 7 | Modulo: 4 }} {{ 7 | Minus: 2 | Plus: 1 | Times: 3 }}", "3 3 18"),
        ("{{ 'AbC' | Downcase }}{{ 'AbC' | Upcase }}", "abcABC"),
        ("{{ '<a>' | Escape }}{{ '<a>' | H }}", "&lt;a&gt;&lt;a&gt;"),
        ("{{ list | First }}{{ list | Last }}{{ list | Size }}", "bb4"),
        ("{{ '  x ' | Lstrip }}|{{ '  x ' | Rstrip }}|{{ '  x ' | Strip }}", "x |  x|x"),
        ("{{ people | Map: 'name' | Sort | Join }}", "Ann Bob"),
        ("{{ list | Uniq | Size }}", "3"),
        ("{{ nested | Uniq | Size }}", "2"),
        ("{{ people | Uniq: 'name' | Size }} {{ people | Uniq: 'age' | Size }}", "2 1"),
        ("{{ 'a\nb' | NewlineToBr }}", "a<br />\nb"),
        ("{{ 'aXbX' | Remove: 'X' }}{{ 'aXbX' | RemoveFirst: 'X' }}", "ababX"),
        ("{{ 'aXbX' | Replace: 'X', 'y' }}{{ 'aXbX' | ReplaceFirst: 'X', 'y' }}", "aybyaybX"),
        ("{{ 1.456 | Round: 2 }}", "1.46"),
        ("{{ 'abcd' | Slice: 1, 2 }}{{ 'a-b' | Split: '-' | Last }}", "bcb"),
        ("{{ '<p>x</p>' | StripHtml }}", "x"),
        ("{{ 'a<!-- b > c -->d<script>e < f</script >g<STYLE x>h</style>i' | StripHtml }}", "adgi"),
        (
            "{{ 'a < b' | StripHtml }}{{ '<!-- a' | StripHtml }}{{ '<script>a' | StripHtml }}",
            "a < b<!-- a<script>a",
        ),
        ("{{ 'a\nb' | StripNewlines }}", "ab"),
        ("{{ 'abcdefgh' | Truncate: 5 }}{{ 'a b c' | TruncateWords: 2 }}", "ab...a b..."),
        ("{{ 'a b' | UrlEncode }}{{ 'a+b' | UrlDecode }}", "a+ba b"),
        ("{{ 'AbC' | downcase }}", "AbC"),
    ],
)
def test_filters(source: str, text: str) -> None:
    people = [{"name": "Bob"}, {"name": "Ann"}]
    nested = [{"a": [1]}, {"a": [1]}, {"a": [2]}]
    assert rendered(source, list=["b", None, "a", "b"], people=people, nested=nested) == text


@pytest.mark.parametrize("opening", ["JSONArrayFor item in items", "JSONArray For item in items"])
def test_an_array_has_commas_between_its_turns(opening: str) -> None:
    source = (
        "[{% " + opening + " %}{% JSONArrayFor n in item %}{{n}}{% endJSONArrayFor %};{% endJSONArrayFor %}]"
    )
    assert rendered(source, items=[[1, 2], [3]]) == "[1,2;,3;]"


def test_conditions_and_captures_are_those_of_any_liquid() -> None:
    before = "{% assign n = 2 %}{% capture c %}{{n}}!{% endcapture %}"
    assert rendered(before + "{% if n > 1 and c == '2!' %}yes{% else %}no{% endif %}") == "yes"


@pytest.mark.parametrize("source", ["{% for x in %}", "{% if a %}", "{% nope %}", "{{ a | }}"])
def test_what_does_not_read_says_so(source: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        compiled(source)


@pytest.mark.parametrize(
    "source",
    [
        "{{ 1 | DividedBy: 0 }}",
        "{{ list | Uniq: 'a' }}",
        "{{ 'x' | Slice: 'y' }}",
        "{% capture a %}" * 3_000 + "{% endcapture %}" * 3_000,
    ],
)
def test_what_fails_while_it_renders_is_a_fault(source: str) -> None:
    with pytest.raises((PolicyFault, ValueError), match=r"Liquid error|nest|recursion"):
        rendered(source, list=[1])


def test_a_number_stops_growing() -> None:
    doubling = "{% assign n = 2 %}" + "{% assign n = n | Times: n %}" * 8
    with pytest.raises(ClrException, match="what a number of a template may be"):
        rendered(doubling)


def test_a_format_of_a_date_that_is_too_long_is_not_passed_over() -> None:
    with pytest.raises(ClrException, match="1000 characters in one format string"):
        rendered("{{ 'now' | Date: layout }}", layout="M" * 1_001)


def test_a_template_does_not_go_on_for_ever() -> None:
    loops = "{% for a in (1..1000) %}{% for b in (1..1000) %}.{% endfor %}{% endfor %}"
    with pytest.raises(ClrException, match="number of steps"):
        rendered(loops)


@pytest.mark.parametrize("opening", ["{%JSONArrayFor ", "{%raw%}", "{%- doc -%}"])
def test_what_nothing_ends_is_not_looked_for_to_the_end_of_the_template_each_time(opening: str) -> None:
    """These would take minutes."""
    with pytest.raises(ValueError, match=r"expected|missing"):
        compiled(opening * 20_000)
    with pytest.raises(ValueError, match=r"expected|missing"):
        compiled(opening * 20_000 + " endraw enddoc ")
