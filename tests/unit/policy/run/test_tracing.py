"""What a trace tells."""

from apimlb.policy.clr.json.reader import parse_token
from apimlb.policy.clr.json.scalars import read_date
from apimlb.policy.run.tracing import shown, told
from tests.unit.policy.play import play, replies


async def test_every_step_is_told_with_its_place_and_depth() -> None:
    played = await play(
        "\n<choose><when condition='true'><set-variable name='a' value='1'/></when></choose>",
        "<retry condition='false' count='1' interval='0'><forward-request/></retry>",
    )
    told = [(step.section, step.path, step.line, step.depth) for step in played.steps]
    assert told == [
        ("inbound", "choose", 2, 0),
        ("inbound", "choose/when/set-variable", 2, 1),
        ("backend", "retry", 2, 0),
        ("backend", "retry/forward-request", 2, 1),
    ]


async def test_a_step_tells_which_variables_it_changed() -> None:
    played = await play(
        "<set-variable name='a' value='1'/><set-variable name='a' value='@(2)'/>"
        "<set-variable name='a' value='@(2)'/>"
    )
    assert [step.changed for step in played.steps[:3]] == [
        {"a": (None, "System.String 1")},
        {"a": ("System.String 1", "System.Int32 2")},
        {},
    ]


async def test_a_step_that_failed_says_why_and_so_do_those_around_it() -> None:
    played = await play(
        backend="<retry condition='false' count='1' interval='0'><forward-request/></retry>",
        backends=replies({"fails": "timeout"}),
    )
    assert [(step.element, step.outcome) for step in played.steps] == [
        ("retry", "Request to the backend service timed out"),
        ("forward-request", "Request to the backend service timed out"),
    ]


async def test_return_response_is_told_as_such() -> None:
    played = await play("<return-response/>")
    assert [(step.element, step.outcome, step.status) for step in played.steps] == [
        ("return-response", "returned", 200)
    ]


async def test_a_value_whose_text_is_too_long_is_told_as_such() -> None:
    texts = "Enumerable.Range(0, 1000).Select(n => text)"
    value = f"@{{ var text = new string((char)97, 1000000); return new JArray({texts}); }}"
    played = await play(f"<set-variable name='a' value='{value}'/>")
    text = "Newtonsoft.Json.Linq.JArray The policies exceed the number of steps that one request may take."
    assert played.steps[0].changed["a"] == (None, text)


def test_values_are_shown_with_their_type_and_not_at_any_length() -> None:
    assert shown(None) == "null"
    assert shown(True) == "System.Boolean True"
    assert len(shown("x" * 1000)) < 250


def test_values_are_told_as_dotnet_writes_them() -> None:
    values: list[object] = [None, 1.0, "x" * 1000, read_date("2026-01-02"), parse_token('{"a":1}')]
    assert [told(value) for value in values] == [
        "null",
        "1",
        "x" * 1000,
        "01/02/2026 00:00:00",
        '{\n  "a": 1\n}',
    ]
