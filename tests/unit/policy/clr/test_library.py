"""The tables themselves: every row can be read, and what they allow is what is documented."""

import inspect
import re

import pytest

from apimlb.policy.apim.members import DEFINITIONS
from apimlb.policy.clr.types.constructed import Type, type_parameter
from apimlb.policy.clr.types.definitions import Definition, Family
from apimlb.policy.clr.types.registry import Registry
from apimlb.policy.clr.types.signatures import Member, row_name
from apimlb.policy.csharp.expression import library
from apimlb.policy.rehearse.cases import answer
from tests.unit.policy.tables import loaded

REGISTRY, _ = library()


@pytest.mark.parametrize("definition", [*loaded(DEFINITIONS)], ids=lambda definition: definition.name)
def test_every_row_reads_as_a_member(definition: Definition) -> None:
    for row in definition.rows:
        members = REGISTRY.own_members(definition, row_name(row[0]))
        assert members, row[0]
        for member in members:
            assert takes(member), f"{definition.name}: {row[0]}"
    assert not definition.nameable or not definition.namespace or definition.namespace in REGISTRY.namespaces
    for base in definition.bases:
        REGISTRY.parse(base, open_type(REGISTRY, definition))


FAMILIES = [entry for entry in DEFINITIONS if isinstance(entry, Family)]


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.types[0])
def test_a_family_names_what_it_holds(family: Family) -> None:
    made = [*family.load()]
    assert sorted(definition.name for definition in made) == sorted(family.types)
    assert sorted(family.extensions) == sorted(
        {row_name(row[0]) for d in made if d.kind == "static" for row in d.rows if "(this " in row[0]}
    )


@pytest.mark.parametrize("definition", [*loaded(FAMILIES)], ids=lambda definition: definition.name)
def test_what_is_loaded_on_its_first_mention_is_what_was_there_from_the_start(definition: Definition) -> None:
    late, early = Registry(DEFINITIONS), Registry(loaded(DEFINITIONS))
    arity = len(definition.parameters)
    assert late.written(definition.simple, arity) is early.written(definition.simple, arity)
    for row in definition.rows:
        name = row_name(row[0])
        assert sources(Registry(DEFINITIONS), name) == sources(early, name)
    assert late.definition(definition.name) is early.definition(definition.name) is definition
    assert late.member_names(open_type(late, definition)) == early.member_names(open_type(early, definition))


def open_type(registry: Registry, definition: Definition) -> Type:
    """The type with its own parameters as arguments."""
    return registry.named(definition.name, [*map(type_parameter, definition.parameters)])


@pytest.mark.parametrize(
    "expression",
    ["@(new List<int>().IsReadOnly)", "@(new Dictionary<int, int>().IsReadOnly)", "@(new JObject().Keys)"],
)
def test_a_class_hides_what_it_implements_for_an_interface_alone(expression: str) -> None:
    assert answer(expression, {})["compile_error"] == "NotAllowed"


def test_what_shares_a_name_counts_in_its_order_whenever_it_is_loaded() -> None:
    registry, first = Registry(DEFINITIONS), Registry(loaded(DEFINITIONS))
    registry.named("System.Xml.Linq.XElement")  # brings Extensions, of which Newtonsoft has some before it
    assert registry.definition("Extensions") is first.definition("Extensions")
    assert sources(registry, "AncestorsAndSelf") == sources(first, "AncestorsAndSelf")


def sources(registry: Registry, extension: str) -> list[str]:
    return [definition.name for definition, _ in registry.extensions(extension)]


def takes(member: Member) -> bool:
    """Whether the Python behind a row accepts as many arguments as the row will hand it."""
    given = len(member.types) + member.context + sum(1 for p in member.parameters if p.mode != "out")
    given += 0 if member.static or member.kind == "constructor" else 1
    if isinstance(member.call, str):
        return all(int(place) < max(given, 1) for place in re.findall(r"\{(\d+)\}", member.call))
    try:
        inspect.signature(member.call).bind(*[None] * given)
    except ValueError:  # a built-in without a signature
        return True
    except TypeError:
        return False
    return True


@pytest.mark.parametrize(
    "name",
    ["System.Reflection.Assembly", "System.IO.File", "System.Threading.Thread", "System.Net.Http.HttpClient",
     "System.Globalization.CultureInfo", "System.Text.Json.JsonDocument", "System.Diagnostics.Process",
     "System.Type",
     "System.Func", "System.FormatException", "System.IComparable", "System.DayOfWeek"],
)  # fmt: skip
def test_types_off_the_list_cannot_be_written(name: str) -> None:
    assert REGISTRY.written(name) is None
    assert REGISTRY.written(name.rpartition(".")[2]) is None


@pytest.mark.parametrize(
    ("name", "members"),
    [
        (
            "System.DateTime",
            {"TryParse", "ParseExact", "ToUniversalTime", "ToLocalTime", "SpecifyKind", "Kind"},
        ),
        ("System.Text.RegularExpressions.Regex", {"Escape", "GetGroupNames"}),
        ("Newtonsoft.Json.JsonConvert", {"PopulateObject", "DefaultSettings", "SerializeXmlNode"}),
        ("System.Xml.Linq.XDocument", {"Load", "Save"}),
        ("System.Object", {"GetType", "MemberwiseClone"}),
    ],
)
def test_members_off_the_list_do_not_exist(name: str, members: set[str]) -> None:
    assert REGISTRY.member_names(REGISTRY.named(name)) & members == set()


def test_types_are_found_by_keyword_by_name_and_in_full() -> None:
    for name in ("string", "String", "System.String"):
        found = REGISTRY.written(name)
        assert found is not None
        assert found.name == "System.String"
    assert REGISTRY.written("List", 1) is REGISTRY.written("System.Collections.Generic.List", 1)
    assert REGISTRY.written("List") is None


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("@(context.Request.Url.ToUri().AbsolutePath)", "/echo"),
        (
            "@{ IDictionary<string, int> map = new Dictionary<string, int>(); "
            'return map.GetValueOrDefault("a"); }',
            "0",
        ),
        (
            "@{ IDictionary<string, string> map = new Dictionary<string, string>(); "
            'return map.GetValueOrDefault("a", "d"); }',
            "d",
        ),
        ('@(JObject.Parse("{\\"a\\":1}").GetValueOrDefault("a").ToString())', "1"),
    ],
)
def test_what_api_management_adds_to_dot_net_for_urls_and_dictionaries(expression: str, value: str) -> None:
    """They are API Management's own; production policies use them."""
    assert answer(expression, {})["value"] == value
