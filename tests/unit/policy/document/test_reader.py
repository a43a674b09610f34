"""Reading APIM's dialect of XML."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apimlb.errors import PolicyError
from apimlb.policy.document.reader import DEPTH_LIMIT, SIZE_LIMIT, Element, Text, read, substitute


def attribute(source: str) -> Text:
    """The value of `v` in `<a v=…/>`."""
    return read(f"<a v={source}/>").attributes["v"]


@pytest.mark.parametrize(
    "expression",
    [
        '@("a" + context.Api.Id)',
        "@(1 < 2 && 3 > 2)",
        "@{ return \"}\" + '}' + '\"'; }",
        '@(@"c:\\" + @"say ""hi""")',
        '@($"{context.Api.Id + "}"} and {{braces}}")',
        '@($@"{x}\n{y["z"]}")',
        "@{ // it's a comment with a \" and a )\n return 1; }",
        '@{ /* " ) } */ return 1; }',
        "@(body.As<JObject>(true)[0])",
        "@('\\'' == c)",
    ],
)
@pytest.mark.parametrize("quote", ['"', "'"])
def test_an_expression_in_an_attribute_ends_with_its_bracket(expression: str, quote: str) -> None:
    value = attribute(f"{quote} {expression}\n {quote}")
    assert value.value == expression
    assert value.is_expression


def test_an_expression_in_text_may_hold_markup_characters() -> None:
    root = read("<a>\n  @(context.Request.Body.As<JObject>() == null && 1 < 2)\n</a>")
    assert root.text == Text(
        "@(context.Request.Body.As<JObject>() == null && 1 < 2)", line=2, column=3, is_expression=True
    )


def test_entities_are_decoded_once_before_the_expression_is_scanned() -> None:
    assert attribute('"@(&quot;a)&quot; + 1 &lt; 2)"').value == '@("a)" + 1 < 2)'
    assert attribute('"a &amp;lt; b &#65;&#x42; & c"').value == "a &lt; b AB & c"
    assert read("<a><![CDATA[&amp;]]></a>").text == Text("&amp;", 1, 13)


def test_line_breaks_in_an_expression_are_kept_so_that_comments_end() -> None:
    assert "\n" in attribute('"@{ // one\n return 1; }"').value


def test_positions_count_from_one_and_see_through_entities() -> None:
    root = read('<?xml version="1.0"?>\n<!-- a -- b -->\n<a>\n  <b x="&lt;&lt;" y="@(1)"/></a>')
    child = root.children[0]
    assert (root.line, root.column) == (3, 2)
    assert (child.line, child.column) == (4, 4)
    assert (child.attributes["y"].line, child.attributes["y"].column) == (4, 22)


def test_an_expression_in_cdata_is_an_expression() -> None:
    text = read('<a>\n<![CDATA[ @{ return "&amp;"; } ]]></a>').text
    assert text == Text('@{ return "&amp;"; }', 2, 11, is_expression=True)


def test_comments_around_an_expression_do_not_matter() -> None:
    assert read("<a><!-- why --> @(1) </a>").text == Text("@(1)", 1, 17, is_expression=True)


def test_markup_is_kept_for_bodies_that_are_xml() -> None:
    assert read("<a><b>1</b> &lt;</a>").markup == "<b>1</b> <"


def test_an_unclosed_expression_ends_where_xml_would_end_it() -> None:
    """It will not compile, but the document around it can be read."""
    assert attribute("\"@{{ 'not a character' }\"").value == "@{{ 'not a character' }"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "Root element is missing. Line 1, position 1."),
        ("hello", "Data at the root level is invalid. Line 1, position 1."),
        ("<a>\n<b></a>", "The 'b' start tag on line 2 position 2 does not match the end tag of 'a'. Line 2"),
        ("<a/><b/>", "There are multiple root elements."),
        ("<a", "is malformed or not closed"),
        ("<a b=1/>", "needs a value in quotes"),
        ("<a b='1' b='2'/>", "'b' is a duplicate attribute name."),
        ('<a b="@(1/>', "Error in element 'a': The expression does not end: a bracket is not closed."),
        ('<a b="@("x\ny")"/>', "Newline in constant, a string literal is not closed on its line. Line 1"),
        ('<a b="@(1) and more"/>', "must be the whole value of the attribute 'b'"),
        ("<a>@(1) and more</a>", "must be the whole of a value"),
        ("<a>@(1)<![CDATA[ and more]]></a>", "must be the whole of a value"),
        ("<a><!-- </a>", "The comment is not closed"),
        ("<!DOCTYPE a><a/>", "DTD is prohibited"),
        ("<a", "Line 1"),
        ("</a>", "Unexpected end tag 'a'"),
        ("<a><", "Name cannot begin"),
    ],
)
def test_what_does_not_read_is_refused_with_its_place(text: str, message: str) -> None:
    with pytest.raises(PolicyError) as caught:
        read(text)
    assert message in str(caught.value)
    assert caught.value.line >= 1
    assert caught.value.code == "ValidationError"


def test_depth_and_size_are_bounded() -> None:
    with pytest.raises(PolicyError, match="nested more than"):
        read("<a>" * (DEPTH_LIMIT + 1))
    with pytest.raises(PolicyError, match="characters long"):
        read(" " * (SIZE_LIMIT + 1))


@pytest.mark.parametrize(
    "filler", ["<!--", "<![CDATA[", "<a ", "&quot;", "<a>@(", '$"{', "{{a", "<a b='&lt;"]
)
def test_a_hostile_document_is_refused_quickly(filler: str) -> None:
    """Half a megabyte of anything that could make a reader look at the rest of the text again and again."""
    with pytest.raises(PolicyError):
        read(filler * (SIZE_LIMIT // len(filler)))


def test_the_xml_format_is_read_with_its_escapes() -> None:
    escaped = read('<a v="@(&quot;x&quot; &amp;&amp; true)"/>', "xml")
    assert escaped.attributes["v"].value == '@("x" && true)'


def test_a_comment_may_begin_with_what_ends_one() -> None:
    root = read("<policies><!--> x <--><inbound/></policies>")
    assert [child.tag for child in root.children] == ["inbound"]
    with pytest.raises(PolicyError, match="comment is not closed"):
        read("<a><!--></a>")


def test_the_xml_format_refuses_a_document_type_before_reading_it() -> None:
    with pytest.raises(PolicyError, match="DTD is prohibited"):
        read('<!DOCTYPE a [<!ENTITY b "cc">]><a>&b;</a>', "xml")


def test_named_values_are_replaced_as_text_and_ignore_case() -> None:
    assert substitute('<a v="@("{{Key}}" + {{n}})"/>', {"key": "k", "n": "3"}) == '<a v="@("k" + 3)"/>'


def test_a_named_value_is_not_replaced_twice() -> None:
    assert substitute("{{a}}", {"a": "{{b}}", "b": "no"}) == "{{b}}"


def test_an_unknown_named_value_is_refused_at_its_place() -> None:
    with pytest.raises(PolicyError, match="Cannot find a property 'nope'") as caught:
        substitute("<a>\n  {{nope}}</a>", {})
    assert (caught.value.line, caught.value.column) == (2, 3)


def test_named_values_cannot_make_a_document_grow_without_end() -> None:
    with pytest.raises(PolicyError, match="characters long"):
        substitute("{{a}}" * 10_000, {"a": "x" * 4096})


def test_braces_of_a_liquid_template_stay() -> None:
    assert "{{body.a}}" in substitute('<set-body template="liquid">{{body.a}} {{k}}</set-body>', {"k": "v"})


@given(st.text(st.sampled_from(list("<>/=\"'@(){}[]$&;ab \n!-{}")), max_size=80))
def test_any_text_reads_or_is_refused(text: str) -> None:
    try:
        root = read(text)
    except PolicyError:
        return
    assert isinstance(root, Element)


names = st.from_regex(r"\A[a-z][a-z-]{0,8}\Z")
plain = st.text(st.characters(blacklist_characters="\r\0", blacklist_categories=["Cs", "Cc"]), max_size=20)


def escaped(text: str) -> str:
    for char, entity in (("&", "&amp;"), ("<", "&lt;"), ('"', "&quot;")):
        text = text.replace(char, entity)
    return text


@given(names, st.dictionaries(names, plain, max_size=4), plain.filter(lambda text: text.strip()))
def test_what_is_escaped_reads_back(tag: str, attributes: dict[str, str], text: str) -> None:
    written = "".join(f' {name}="{escaped(value)}"' for name, value in attributes.items())
    if any(value.lstrip().startswith(("@(", "@{")) for value in [*attributes.values(), text]):
        return
    root = read(f"<{tag}{written}>{escaped(text)}</{tag}>")
    assert {name: value.value for name, value in root.attributes.items()} == attributes
    assert root.text is not None
    assert root.text.value == text


def test_expressions_that_do_not_end_are_looked_for_a_few_times_only() -> None:
    read(f"<policies>{'<a>@(</a>' * 20}</policies>")
    with pytest.raises(PolicyError, match="nor do many before it"):
        read(f"<policies>{'<a>@(</a>' * 50_000}</policies>")
