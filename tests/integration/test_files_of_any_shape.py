"""A file of any shape that a command reads ends in a message that says what, where and what next."""

import json

import tomlkit
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.integration.here import folder, run_here, well_told

POLICY = "<policies><inbound><base /></inbound><backend><forward-request /></backend></policies>"
plain = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=6),
    st.sampled_from(["http://[", "https://a.test:99999999/", "2026-99-99", "-1", "", "P1D"]),
    st.dates(),
)
anything = st.recursive(
    plain,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=6), inner, max_size=3)
    ),
    max_leaves=6,
)
replies = st.dictionaries(st.sampled_from(["status", "headers", "body", "after", "fails"]), anything)
backends = st.lists(
    st.fixed_dictionaries({}, optional={"match": anything, "reply": st.one_of(replies, anything)})
)
MEMBERS = [
    "id",
    "name",
    "key",
    "path",
    "method",
    "url",
    "url_template",
    "headers",
    "body",
    "ip",
    "parameters",
    "email",
    "groups",
    "region",
    "service_url",
    "protocols",
    "created_date",
]
members = st.dictionaries(st.sampled_from(MEMBERS), anything, max_size=4)
views = [
    "request",
    "api",
    "operation",
    "product",
    "subscription",
    "user",
    "deployment",
    "response",
    "last_error",
]
OTHERS = [
    "service_url",
    "path",
    "variables",
    "named_values",
    "fragments",
    "backend_urls",
    "identity",
    "clock",
    "seed",
    "adverse",
    "nonsense",
]
written_cases = st.fixed_dictionaries(
    {},
    optional={
        **{name: st.one_of(members, anything) for name in views[:7]},
        **dict.fromkeys(OTHERS, anything),
        "backends": st.one_of(backends, anything),
    },
)
contexts = st.fixed_dictionaries(
    {},
    optional={
        **{name: st.one_of(members, anything) for name in views},
        "variables": st.dictionaries(
            st.text(max_size=3),
            st.one_of(
                anything,
                st.fixed_dictionaries(
                    {"value": anything},
                    optional={
                        "type": st.sampled_from(["int", "Guid", "DateTime", "JObject", "byte[]", "Jwt"])
                    },
                ),
            ),
            max_size=2,
        ),
        "timestamp": anything,
        "request_id": anything,
        "elapsed": anything,
    },
)


def dumped(value: object) -> str:
    return json.dumps(value, default=str)


@settings(max_examples=250, deadline=None)
@given(written_cases)
def test_a_case_of_any_shape(case: dict[str, object]) -> None:
    with folder() as here:
        (here / "p.xml").write_text(POLICY)
        (here / "c.yaml").write_text(
            yaml.safe_dump(case, allow_unicode=True), encoding="utf-8", errors="replace"
        )
        well_told(run_here(here, "policy", "trace", "p.xml", "--case", "c.yaml"))


@settings(max_examples=250, deadline=None)
@given(
    contexts, st.sampled_from(["@(context.Request.Url.Port)", "@(context.Api.Path + context.Operation.Id)"])
)
def test_a_context_of_any_shape(context: dict[str, object], expression: str) -> None:
    with folder() as here:
        (here / "c.json").write_text(dumped(context), encoding="utf-8", errors="replace")
        well_told(run_here(here, "policy", "eval", expression, "--context", "c.json"))


@settings(max_examples=100, deadline=None)
@given(st.one_of(st.binary(max_size=40), anything.map(lambda value: dumped(value).encode())))
def test_a_file_of_any_bytes(content: bytes) -> None:
    with folder() as here:
        (here / "f").write_bytes(content)
        (here / "ok").write_text(POLICY)
        for command in (
            ["policy", "eval", "--cases", "f"],
            ["policy", "eval", "@(1)", "--context", "f"],
            ["policy", "trace", "ok", "--case", "f"],
            ["policy", "trace", "f", "--case", "f"],
            ["render", "--config", "f"],
            ["plan", "--local", "--config", "f"],
        ):
            well_told(run_here(here, *command))


@settings(max_examples=100, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(["name", "location", "tier", "strategy", "clients", "accounts", "deployments"]),
        st.recursive(
            st.one_of(st.integers(), st.booleans(), st.text("ab-9 ", max_size=5), st.floats()),
            lambda inner: st.one_of(
                st.lists(inner, max_size=2),
                st.dictionaries(st.sampled_from(["chat", "model", "version", "capacity", "endpoint"]), inner),
            ),
        ),
    )
)
def test_a_stack_of_any_shape(tables: dict[str, object]) -> None:
    with folder() as here:
        (here / "apimlb.toml").write_text(tomlkit.dumps(tables), encoding="utf-8")
        well_told(run_here(here, "render"))
