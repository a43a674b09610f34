"""Policies written out again: indented, escaped, and otherwise as they were."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apimlb.local.arm.apim.policy_text import written
from apimlb.policy.document.reader import read


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "<policies><inbound></inbound><outbound /></policies>",
            "<policies>|_<inbound></inbound>|_<outbound />|</policies>",
        ),
        ("<a>\n <!-- x -- y -->\n <b/>\n</a>", "<a>|_<!-- x -- y -->|_<b />|</a>"),
        ("<a><value>two words </value></a>", "<a>|_<value>two words </value>|</a>"),
        ("<a b = \"1\"   c='2'/>", "<a b=\"1\" c='2' />"),
        ('<a b="@(x > 1 && y < "z")" />', '<a b="@(x &gt; 1 &amp;&amp; y &lt; &quot;z&quot;)" />'),
        ('<a b="@(&quot;z&quot;)" />', '<a b="@(&quot;z&quot;)" />'),
        ('<a>@{ return "<b>"; }</a>', "<a>@{ return &quot;&lt;b&gt;&quot;; }</a>"),
        ("<a><![CDATA[<x>]]></a>", "<a><![CDATA[<x>]]></a>"),
        ("<a>&lt;x&gt;</a>", "<a>&lt;x&gt;</a>"),
    ],
)
def test_a_document_is_written_as_azure_writes_it(text: str, expected: str) -> None:
    assert written(text, escape=True) == expected.replace("|", "\r\n").replace("_", "\t")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('<a b="@(x &gt; 1 &amp;&amp; y == &quot;z&quot;)" />', '<a b="@(x > 1 && y == "z")" />'),
        ('<a b="@(&quot;(&quot; + &quot;&amp;quot;&quot;)" />', '<a b="@("(" + "&amp;quot;")" />'),
        ("<a><v> @(&quot;&lt;&quot;) </v></a>", '<a>|_<v>@("<")</v>|</a>'),
        ('<a b="&quot;plain&quot;" />', '<a b="&quot;plain&quot;" />'),
    ],
)
def test_what_was_escaped_can_be_written_raw_and_back(text: str, expected: str) -> None:
    raw = written(text, escape=False, escaped=True)
    assert raw == expected.replace("|", "\r\n").replace("_", "\t")
    again = written(text, escape=True, escaped=True)
    assert written(raw, escape=True) == again
    assert [item.attributes for item in read(raw).descendants()] == [
        item.attributes for item in read(again, "xml").descendants()
    ]


def test_what_is_not_escaped_is_left_as_it_is() -> None:
    text = '<a b="@(x > 1 && y < "z")" />'
    assert written(text, escape=False) == text


names = st.sampled_from(["choose", "when", "set-header"])
values = st.sampled_from(['@("a" + "<")', "plain", "@{ return 1 > 0; }", "&amp;", ""])
elements = st.recursive(
    st.builds(lambda name, value: f'<{name} x="{value}" />', names, values),
    lambda inner: st.builds(
        lambda name, parts: f"<{name}>{''.join(parts)}</{name}>", names, st.lists(inner, max_size=3)
    ),
    max_leaves=8,
)


@given(elements)
def test_writing_twice_changes_nothing_and_reads_the_same(text: str) -> None:
    once = written(text, escape=True)
    assert written(once, escape=True, escaped=True) == once
    before = [
        (item.tag, {k: v.value for k, v in item.attributes.items()}) for item in read(text).descendants()
    ]
    after = [
        (item.tag, {k: v.value for k, v in item.attributes.items()})
        for item in read(once, "xml").descendants()
    ]
    assert after == before
