"""Attributes have an effect, or are refused: what an element reads and then drops is an attribute ignored."""

import ast
import dataclasses
from pathlib import Path

import pytest

import apimlb.policy.elements
from apimlb.errors import PolicyError
from apimlb.policy.clr.exceptions import ClrException
from apimlb.policy.clr.numbers.arithmetic import Char
from apimlb.policy.compiler import compile_policy
from apimlb.policy.document.attributes import BOOLEAN
from apimlb.policy.document.problems import NOT_IMPLEMENTED
from apimlb.policy.run.exchange import ForwardOptions
from tests.unit.policy.play import document, play

FOLDER = Path(apimlb.policy.elements.__file__).parent
READERS = {"attribute", "child", "children", "content", "optional", "required", "required_word", "texts"}
WITHOUT_EFFECT = {"embeddings-backend-auth": "has one value"}
SOURCES = [path.read_text() for path in sorted(FOLDER.rglob("*.py"))]


def dropped(source: str) -> list[str]:
    """The names of attributes and children that are read by a statement of their own."""
    return [
        str(call.args[0].value)
        for each in ast.walk(ast.parse(source))
        if isinstance(each, ast.Expr) and isinstance(call := each.value, ast.Call)
        if isinstance(call.func, ast.Attribute) and call.func.attr in READERS | {"word"}
        if call.args and isinstance(call.args[0], ast.Constant)
    ]


def test_what_an_element_reads_it_uses() -> None:
    assert sorted(name for source in SOURCES for name in dropped(source)) == sorted(WITHOUT_EFFECT)


@pytest.mark.parametrize("name", [each.name for each in dataclasses.fields(ForwardOptions)])
def test_what_forward_request_is_told_the_gateway_heeds(name: str) -> None:
    package = FOLDER.parents[1]
    rooms = [*(package / "local" / "gateway").rglob("*.py"), FOLDER / "backend.py"]
    read = {
        each.attr
        for path in rooms
        for each in ast.walk(ast.parse(path.read_text()))
        if isinstance(each, ast.Attribute) and isinstance(each.ctx, ast.Load)
    }
    assert name in read


@pytest.mark.parametrize("version", ["2", "2or1"])
async def test_a_protocol_that_backends_are_not_spoken_to_here_is_noted(version: str) -> None:
    played = await play(backend=f"<forward-request http-version='{version}'/>")
    assert [(each.kind, each.values) for each in played.records] == [("protocol", {"http-version": version})]
    assert (await play(backend="<forward-request http-version='1'/>")).records == ()


def refused(element: str, **sections: str) -> PolicyError:
    with pytest.raises(PolicyError) as found:
        compile_policy(document(element, **sections))
    return found.value


@pytest.mark.parametrize("attribute", ["xsi-nil='zzz'", "parse-date='zzz'"])
@pytest.mark.parametrize("template", ["", "template='none'", "template='liquid'"])
def test_settings_of_templates_are_held_to_their_values_without_one(attribute: str, template: str) -> None:
    assert "is invalid" in refused(f"<set-body {template} {attribute}>a</set-body>").what


async def test_settings_of_templates_mean_nothing_without_one() -> None:
    played = await play("<set-body xsi-nil='blank' parse-date='false'>a</set-body>")
    assert played.requests[0].body == b"a"


def test_an_example_by_its_number_is_not_implemented() -> None:
    assert refused("<mock-response index='1'/>").code == NOT_IMPLEMENTED


@pytest.mark.parametrize("number", ["٣", "１", "1_0", "1.0", "0x10", ""])
def test_numbers_are_written_in_ascii_digits(number: str) -> None:
    assert "a number was expected" in refused("", backend=f"<forward-request timeout='{number}'/>").what
    quota = f"token-quota='{number}' token-quota-period='Daily' estimate-prompt-tokens='false'"
    assert "a number was expected" in refused(f"<llm-token-limit counter-key='k' {quota}/>").what


@pytest.mark.parametrize("body", ["while (true) { }", "for (;;) { }", 'throw new Exception("x");'])
def test_an_expression_that_never_returns_passes_for_any_type(body: str) -> None:
    expression = f"@{{ {body} }}"
    for element in (
        f'<trace source="s"><message>{expression.replace(chr(34), "&quot;")}</message></trace>',
        f"<choose><when condition='{expression}'/></choose>",
        f"<set-status code='{expression}'/>",
    ):
        compile_policy(document(outbound=element))


@pytest.mark.parametrize("number", ["'a'", "(byte)97", "97"])
async def test_an_expression_may_yield_what_widens_to_the_number_that_is_wanted(number: str) -> None:
    held = (
        f"<limit-concurrency key='k' max-count=\"@({number})\"><set-status code='201'/></limit-concurrency>"
    )
    metric = f"<emit-metric name='m' value=\"@({number})\"><dimension name='API ID'/></emit-metric>"
    played = await play(outbound=held + metric)
    assert (played.response.status, played.records[0].values["value"]) == (201, 97.0)


def test_a_char_is_no_bool() -> None:
    with pytest.raises(ClrException) as thrown:
        BOOLEAN.value(Char("a"))
    assert thrown.value.message == "Unable to cast object of type 'System.Char' to type 'System.Boolean'."


def test_null_is_no_bool() -> None:
    with pytest.raises(ClrException) as thrown:
        BOOLEAN.value(None)
    assert thrown.value.type_name == "System.NullReferenceException"


async def test_an_address_that_is_null_is_an_empty_text() -> None:
    played = await play("<ip-filter action='allow'><address>@(null)</address></ip-filter>")
    assert played.last_error is not None
    assert played.last_error.message.endswith("The value '' is invalid: an IP address was expected.")


@pytest.mark.parametrize("half", ["token-quota='9'", "tokens-per-minute='9' token-quota-period='Daily'"])
def test_a_quota_of_tokens_has_a_period(half: str) -> None:
    limit = f"<llm-token-limit counter-key='k' estimate-prompt-tokens='true' {half}/>"
    assert "'token-quota' and 'token-quota-period' need each other" in refused(limit).what


@pytest.mark.parametrize("quota", [2**63, "1_000", ""])
def test_a_quota_is_a_number_of_64_bits(quota: object) -> None:
    limit = (
        "<llm-token-limit counter-key='k' token-quota-period='Daily' estimate-prompt-tokens='true' "
        f"token-quota='{quota}'/>"
    )
    assert f"The value '{quota}' is invalid: a number" in refused(limit).what
