"""Compiling documents: what Azure would refuse is refused, with its words and its place."""

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apimlb.errors import PolicyError
from apimlb.policy.compiler import check_fragment, compile_policy, effective
from apimlb.policy.document.problems import NOT_IMPLEMENTED, InvalidPolicy
from apimlb.policy.document.reader import Format
from apimlb.policy.switches import Switches
from tests.unit.policy.play import document


def refusal(text: str) -> InvalidPolicy:
    with pytest.raises(InvalidPolicy) as caught:
        compile_policy(text)
    return caught.value


@pytest.mark.parametrize(
    ("inbound", "message"),
    [
        ("<set-header/>", "The required attribute 'name' is missing."),
        ("<set-header name='a' nome='b'/>", "The 'nome' attribute is not declared."),
        ("<set-header name='a'><value id='b'>c</value></set-header>", "The 'id' attribute is not declared."),
        ("<choose><when id='a' condition='@(true)'/></choose>", "The 'id' attribute is not declared."),
        (
            "<cors><allowed-origins id='a'><origin>*</origin></allowed-origins></cors>",
            "The 'id' attribute is not declared.",
        ),
        (
            "<set-header name='a'>b</set-header>",
            "The element 'set-header' cannot contain text. List of possible elements expected: 'value'.",
        ),
        (
            "<set-header name='a'><val/></set-header>",
            "The element 'set-header' has invalid child element 'val'. "
            "List of possible elements expected: 'value'.",
        ),
        ("<forward-request/>", "Policy section is not allowed in the specified scope"),
        ("<set-hedder name='a'/>", "'set-hedder' is not a policy of Azure API Management"),
        ("<choose/>", "The element 'choose' has incomplete content."),
        ("<choose><when/></choose>", "The required attribute 'condition' is missing."),
        ("<choose><when condition='maybe'/></choose>", "The 'condition' attribute is invalid"),
        (
            "<choose><when condition='true'/><otherwise/><otherwise/></choose>",
            "The element 'choose' holds more than one 'otherwise'.",
        ),
        ("<include-fragment/>", "The required attribute 'fragment-id' is missing."),
        (
            "<validate-jwt header-name='a'><issuer-signing-keys><key>@(\"b\")</key></issuer-signing-keys>"
            "</validate-jwt>",
            "Expressions are not allowed in the element 'key'.",
        ),
        ("<choose><when condition='@(1)'/></choose>", "Cannot implicitly convert type 'int' to 'bool'"),
        ("<retry condition='true' count='51' interval='1'/>", "a number from 1 to 50 was expected"),
        ("<retry condition='true' count='@(\"1\")' interval='1'/>", "convert type 'string' to 'int'"),
        ("<set-header name='a' exists-action='replace'/>", "one of override, skip, append, delete"),
        ("<set-backend-service/>", "One of the attributes 'base-url' and 'backend-id' is required."),
        ("<set-backend-service base-url='a' backend-id='b'/>", "Only one of the attributes"),
        (
            "<cache-lookup-value key='a' variable-name='@(\"b\")'/>",
            "Expressions are not allowed in the 'variable-name' attribute.",
        ),
        ("<include-fragment fragment-id='none'/>", "Policy fragment with id 'none' could not be found."),
        ("<set-variable name='a' value='@(1 +)'/>", ""),
        ("text", "The element 'inbound' cannot contain text."),
    ],
)
def test_a_wrong_element_is_refused_as_azure_refuses_it(inbound: str, message: str) -> None:
    found = refusal(document(f"\n  {inbound}"))
    assert message in found.what
    assert found.what.startswith("Error in element '")
    assert found.code == "ValidationError"


def test_the_message_names_the_element_and_where_its_name_stands() -> None:
    found = refusal("<policies>\n  <inbound>\n    <set-header nome='x'/>\n  </inbound>\n</policies>")
    assert found.what.startswith("Error in element 'set-header' on line 3, column 6: ")
    assert found.target == "set-header"


def test_a_problem_inside_an_expression_has_the_place_of_the_expression_but_the_name_of_the_policy() -> None:
    found = refusal(document('\n<choose>\n  <when condition="@(context.Nope)"/>\n</choose>'))
    assert found.target == "choose"
    assert found.line == 3
    assert found.column >= 20


def test_all_problems_of_a_document_are_found_at_once() -> None:
    found = refusal(document("<set-header/><set-variable/>", outbound="<set-status/>"))
    assert [each.target for each in found.problems] == ["set-header", "set-variable", "set-status"]
    assert found.what == found.problems[0].what


def test_a_policy_that_only_the_local_gateway_lacks_says_so() -> None:
    found = refusal(document("<validate-odata-request/>"))
    assert found.code == NOT_IMPLEMENTED
    assert "not implemented by the local gateway" in found.what


def test_the_backend_section_holds_one_policy() -> None:
    found = refusal(document(backend="<set-header name='a'/><forward-request/>"))
    assert "Only one policy is allowed in the 'backend' section" in found.what


@pytest.mark.parametrize(
    "text", ["<fragment/>", "<policies><inbound/><inbound/></policies>", "<policies><x/></policies>"]
)
def test_only_the_four_sections_stand_in_a_document(text: str) -> None:
    refusal(text)


def test_a_section_has_no_attributes() -> None:
    found = refusal("<policies><inbound a='1' b='2'><set-header/></inbound></policies>")
    said = ["The 'a' attribute is not declared.", "The required attribute 'name' is missing."]
    assert all(words in each.what for words, each in zip(said, found.problems, strict=True))


def test_a_policy_of_subscriptions_has_no_place_at_an_operation() -> None:
    quota = document("<quota calls='5' renewal-period='300'/>")
    compile_policy(quota, scope="product")
    with pytest.raises(InvalidPolicy, match="Policy is not allowed in the specified scope") as caught:
        compile_policy(quota, scope="operation")
    assert caught.value.next_step == "<quota> has its place at the scope product."


def test_a_fragment_must_exist_read_and_not_include_itself() -> None:
    include = document("<include-fragment fragment-id='a'/>")
    for fragment, message in (
        ("<fragment", "does not read"),
        ("<policies/>", "instead of 'fragment'"),
        ("<fragment><include-fragment fragment-id='A'/></fragment>", "includes itself"),
        ("<fragment><set-header/></fragment>", "The required attribute 'name' is missing."),
    ):
        with pytest.raises(InvalidPolicy, match=message):
            compile_policy(include, fragments={"a": fragment})


def test_a_problem_in_a_fragment_says_which() -> None:
    with pytest.raises(InvalidPolicy) as caught:
        compile_policy(
            document("<include-fragment fragment-id='a'/>"),
            fragments={"a": "<fragment>\n<set-header/></fragment>"},
        )
    assert caught.value.where == "policy fragment 'a', line 2, column 2"


def test_fragments_cannot_make_a_document_grow_without_end() -> None:
    fragments = {
        f"f{level}": "<fragment>" + f"<include-fragment fragment-id='f{level + 1}'/>" * 20 + "</fragment>"
        for level in range(9)
    }
    with pytest.raises(InvalidPolicy, match="more than"):
        compile_policy(
            document("<include-fragment fragment-id='f0'/>"), fragments={**fragments, "f9": "<fragment/>"}
        )


def test_named_values_are_in_place_before_anything_is_compiled() -> None:
    retry = "<retry condition='@({{flag}})' count='{{count}}' interval='0'><forward-request/></retry>"
    compile_policy(document(backend=retry), named_values={"flag": "true", "count": "3"})
    with pytest.raises(PolicyError, match="Cannot find a property 'flag'"):
        compile_policy(document(backend=retry), named_values={"count": "3"})


def test_a_message_does_not_give_a_named_value_away() -> None:
    text = document(
        "<choose><when condition='{{secret}}'/></choose>",
        "<retry condition='true' interval='0' count='{{secret}}'/>",
    )
    with pytest.raises(InvalidPolicy) as caught:
        compile_policy(text, named_values={"secret": "hunter2-hunter2"})
    told = "".join(str(each) for each in caught.value.problems)
    assert told.count("{{secret}}") == 2
    assert "hunter2" not in told


def test_a_document_knows_the_sections_that_read_the_responses_body() -> None:
    reading = "<set-header name='a'><value>@(context.Response.Body.As<string>(true))</value></set-header>"
    found = compile_policy(document(outbound=reading))
    assert found.readers == {"outbound"}
    assert compile_policy(document("<base/>")).readers == frozenset()


def test_what_a_broader_document_reads_counts_only_where_it_is_inherited() -> None:
    reading = "<set-header name='a'><value>@(context.Response.Body.As<string>(true))</value></set-header>"
    broad = compile_policy(document(outbound=reading), scope="global")
    heir = compile_policy(document(outbound="<base/>"), scope="api")
    loner = compile_policy(document(outbound=""), scope="api")
    assert effective([broad, heir]).readers == {"outbound"}
    assert effective([broad, loner]).readers == frozenset()


def test_a_scope_comes_once() -> None:
    api = compile_policy(document())
    with pytest.raises(ValueError, match="twice"):
        effective([api, api])


SEED = document(
    '<base/><set-variable name="a" value="@(1 + 2)"/>'
    '<choose><when condition="@(context.Variables.ContainsKey('
    '"a"))"><set-header name="h" exists-action="append"><value>v</value></set-header></when><otherwise>'
    '<return-response><set-status code="401" reason="no"/><set-body>@{ return "x"; }</set-body>'
    "</return-response></otherwise></choose>",
    '<retry condition="@(context.Response.StatusCode == 429)" count="2" interval="0">'
    '<set-backend-service backend-id="b"/><forward-request buffer-request-body="true"/></retry>',
)


@settings(max_examples=150, deadline=None)
@given(
    st.integers(0, len(SEED) - 1),
    st.integers(0, 12),
    st.text(st.sampled_from(list("<>/=\"'@(){}[]&; \nae1-!")), max_size=6),
)
def test_a_mutated_document_compiles_or_is_refused(place: int, length: int, replacement: str) -> None:
    text = SEED[:place] + replacement + SEED[place + length :]
    with suppress(PolicyError):
        compile_policy(text)


@pytest.mark.parametrize(
    ("element", "said"),
    [
        (
            "<set-header name='a'><value>@(context.Variables[\"a\"])</value></set-header>",
            "Cannot implicitly convert type 'object' to 'string'. An explicit conversion exists (are you "
            "missing a cast?)",
        ),
        (
            "<set-header name='@(1)'><value>a</value></set-header>",
            "Cannot implicitly convert type 'int' to 'string'",
        ),
        (
            "<choose><when condition='@(context.Variables[\"a\"])'/></choose>",
            "Cannot implicitly convert type 'object' to 'bool'. An explicit conversion exists (are you "
            "missing a cast?)",
        ),
        (
            "<retry condition='true' count='@(\"3\")' interval='1'><forward-request/></retry>",
            "Cannot implicitly convert type 'string' to 'int'",
        ),
        (
            "<retry condition='true' count='@(3u)' interval='1'><forward-request/></retry>",
            "Cannot implicitly convert type 'uint' to 'int'. An explicit conversion exists (are you "
            "missing a cast?)",
        ),
        (
            "<retry condition='@(null)' count='1' interval='1'><forward-request/></retry>",
            "Cannot convert null to 'bool' because it is a non-nullable value type",
        ),
        (
            "<set-header name='@(DateTime.UtcNow)'><value>a</value></set-header>",
            "Cannot implicitly convert type 'System.DateTime' to 'string'",
        ),
    ],
)
def test_an_expression_has_the_type_that_its_place_needs(element: str, said: str) -> None:
    section = "backend" if element.startswith("<retry") else "inbound"
    text = f"<policies><{section}>{element}</{section}></policies>"
    with pytest.raises(PolicyError) as caught:
        compile_policy(text)
    assert caught.value.what.endswith(": " + said)


def test_a_gateway_that_converts_takes_other_types_for_strings() -> None:
    element = "<set-header name='a'><value>@(context.Variables[\"a\"])</value></set-header>"
    text = f"<policies><inbound>{element}</inbound></policies>"
    assert compile_policy(text, switches=Switches(attribute_types="any"))


@pytest.mark.parametrize("row", ["<nope/>", "<inbound>text</inbound>"])
def test_the_first_of_very_many_problems_are_told(row: str) -> None:
    assert len(refusal(f"<policies>{row * 1_000}</policies>").problems) == 20


def test_every_broken_expression_of_one_choose_is_found() -> None:
    found = refusal(
        document(
            "<choose><when condition='@(1)'/><when condition='@(nope)'>"
            "<set-variable name='a' value='@(no2)'/></when>"
            "<otherwise><set-header name='@(no3)'/></otherwise></choose>"
        )
    )
    said = ["to 'bool'", "'nope'", "'no2'", "'no3'"]
    assert len(found.problems) == len(said)
    assert all(word in each.what for word, each in zip(said, found.problems, strict=True))


@pytest.mark.parametrize(
    ("value", "why"), [("a\nb", "Newline in constant"), ('a"b', "a bracket is not closed")]
)
def test_a_named_value_that_breaks_an_expression_is_named_with_its_element(value: str, why: str) -> None:
    text = document('<set-variable name="a" value="@(\'1\' + "{{good}}{{Bad}}")"/>')
    with pytest.raises(PolicyError) as caught:
        compile_policy(text, named_values={"good": "g", "bad": value})
    assert "Error in element 'set-variable'" in caught.value.what
    assert why in caught.value.what
    assert caught.value.what.endswith("It comes from the named value 'bad'.")


@pytest.mark.parametrize(
    "element",
    ["<set-variable name='a' value='@(\"{{v}}\" + nope)'/>", "<set-body><a>{{v}}<b></a></set-body>"],
)
@pytest.mark.parametrize("format", ["rawxml", "xml"])
def test_a_named_value_is_not_blamed_for_what_is_wrong_without_it(element: str, format: Format) -> None:
    with pytest.raises(PolicyError) as caught:
        compile_policy(document(element.replace('"', "&quot;")), named_values={"v": "xx"}, format=format)
    assert "named value" not in caught.value.what


def test_a_policy_may_have_an_id_wherever_it_stands() -> None:
    made = "<set-header id='b' name='c' exists-action='delete'/><set-status id='d' code='200'/>"
    compile_policy(
        f"<policies><inbound><return-response id='a'>{made}</return-response></inbound></policies>"
    )


def held(*values: str) -> str:
    """A document with these values of variables."""
    return document("".join(f"<set-variable name='v' value='{value}'/>" for value in values))


DEAR = {
    "many terms": held(*(f"@({'1+' * 40_000}{number})" for number in range(4))),
    "a chain of a local": held(f"@{{ var a = 1; return {'a+' * 20_000}a; }}"),
    "many lambdas": held(
        *(
            f"@{{ var l = new[]{{1}}; {'l.Select(x => x + 1); ' * 1_500} return {number}; }}"
            for number in range(4)
        )
    ),
    "many patterns": held(*(f'@(Regex.IsMatch("", "{"(a|b)*c" * 60}{number}"))' for number in range(100))),
    "a long template": document(
        f"<set-body template='liquid'>{{{{ a{' | Append: 1' * 40_000} }}}}</set-body>"
    ),
}


@pytest.mark.parametrize("name", DEAR)
def test_what_one_upload_has_compiled_is_bounded_in_all(name: str) -> None:
    assert "takes more to compile than one upload may" in refusal(DEAR[name]).what


def test_a_text_longer_than_a_document_may_be_is_refused_by_its_length() -> None:
    with pytest.raises(PolicyError, match="at least 2100005 characters long"):
        compile_policy("{{v}}" + "a" * 2_100_000, named_values={"v": "x"})


def test_who_is_to_blame_is_looked_for_as_long_as_the_upload_can_pay() -> None:
    values = {f"v{number}": "<nope/>" for number in range(5)}
    text = document("".join(f"{{{{{name}}}}}" for name in values) + " " * 500_000)
    with pytest.raises(PolicyError, match="'nope' is not a policy"):
        compile_policy(text, named_values=values)


def test_a_fragment_is_tried_in_all_sections_on_one_account() -> None:
    fragment = f"<fragment><nope/>{' ' * 520_000}</fragment>"
    with pytest.raises(PolicyError, match="takes more to compile than one upload may"):
        check_fragment(fragment)


def test_what_is_wrong_with_a_fragment_is_told_without_the_named_value_that_it_comes_from() -> None:
    fragment = "<fragment><set-variable name='a' value='@({{v}})'/></fragment>"
    with pytest.raises(PolicyError, match=r"It comes from the named value 'v'\.") as caught:
        check_fragment(fragment, named_values={"v": "secret-of-somebody"})
    assert "secret-of-somebody" not in caught.value.what


def test_a_fragment_is_good_where_one_section_takes_it() -> None:
    check_fragment(
        "<fragment><set-status code='200'/><include-fragment fragment-id='new'/></fragment>",
        fragments={"new": "<fragment><cache-store duration='1'/></fragment>"},
    )


def test_an_upload_costs_the_same_when_its_expressions_are_known() -> None:
    text = held(*(f"@({'1+' * 6_000}{number})" for number in range(20)))
    first, again = refusal(text), refusal(text)
    assert (first.what, first.column) == (again.what, again.column)
