"""Newtonsoft.Json.Linq.Extensions and the walks from token to token."""

from collections.abc import Callable, Iterable, Iterator
from itertools import chain, takewhile

from apimlb.policy.clr.casts import RUNTIME
from apimlb.policy.clr.collections.iteration import elements
from apimlb.policy.clr.collections.sequences import LazySequence
from apimlb.policy.clr.exceptions import null_reference, required
from apimlb.policy.clr.json.conversions import converted, own_value, token_at
from apimlb.policy.clr.json.tokens import JToken, JValue
from apimlb.policy.clr.json.tree import ancestors, descendants
from apimlb.policy.clr.types.constructed import Type
from apimlb.policy.clr.types.definitions import Call, Definition

_TOKENS = "Newtonsoft.Json.Linq.JEnumerable`1[Newtonsoft.Json.Linq.JToken]"
Walk = Callable[[JToken], Iterable[JToken]]


def tokens(make: Callable[[], Iterator[object]]) -> LazySequence:
    """IJEnumerable<JToken>"""
    return LazySequence(make, _TOKENS)


# Of one token


def with_self(walk: Walk) -> Walk:
    """A walk that begins with the token itself."""
    return lambda token: chain((token,), walk(token))


def children_of(kind: Type, token: JToken) -> LazySequence:
    return LazySequence(lambda: (item for item in elements(token) if RUNTIME.is_a(item, kind)))


def after_self(token: JToken) -> Iterator[JToken]:
    around = iter(token.parent) if token.parent is not None else iter(())
    for each in around:
        if each is token:
            yield from around


def before_self(token: JToken) -> Iterator[JToken]:
    """.NET throws System.NullReferenceException without a parent."""
    if token.parent is None:
        raise null_reference()
    yield from takewhile(lambda each: each is not token, token.parent)


def walked(walk: Walk) -> Callable[[JToken], LazySequence]:
    """The tokens that a walk from one finds."""
    return lambda token: LazySequence(lambda: elements(walk(token)))


# Of many


def _each(source: object) -> Iterator[JToken]:
    for token in elements(source):
        if not isinstance(token, JToken):
            raise null_reference()
        yield token


def _of_each(walk: Walk) -> Callable[[object], LazySequence]:
    """The tokens that a walk from each token of a source finds."""

    def of_each(source: object) -> LazySequence:
        source = required(source, "source")
        return tokens(lambda: (found for token in _each(source) for found in elements(walk(token))))

    return of_each


each_children = _of_each(iter)


def all_children(kind: Type, source: object) -> LazySequence:
    """source.Children<T, U>()"""
    found = each_children(source)
    return LazySequence(lambda: (converted(kind, token) for token in found))


def _values(source: object, key: object) -> Iterator[JToken]:
    for token in _each(source):
        if key is not None:
            found = token_at(token, key)
            if found is not None:
                yield found
        elif isinstance(token, JValue):
            yield token
        else:
            yield from token


def values_named(source: object, key: object = None) -> LazySequence:
    """source.Values(key): the child under a key, of each token that has one; all children without a key."""
    return tokens(lambda: _values(source, key))


def all_values_as(kind: Type, source: object, key: object = None) -> LazySequence:
    """source.Values<T>() and source.Values<T>(key)"""
    return LazySequence(lambda: (converted(kind, token) for token in _values(source, key)))


def as_enumerable(source: object) -> object:
    """AsJEnumerable"""
    return source if source is None or isinstance(source, JToken) else tokens(lambda: elements(source))


_T = "this IEnumerable<T> source"
_OWN = "this IEnumerable<JToken> source"
_J = "IJEnumerable<JToken>"
SEQUENCES = (
    Definition(
        "Newtonsoft.Json.Linq.IJEnumerable`1", "interface", ("T",), ("IEnumerable<T>",), nameable=False,
        rows=((f"{_J} this[object key]", lambda source, key:
               token_at(source, key) if isinstance(source, JToken) else values_named(source, key)),),
    ),
    Definition(
        "Newtonsoft.Json.Linq.Extensions", "static",
        rows=(
            ("static U Value<U>(this IEnumerable<JToken>! value)", Call(own_value, types=("U",))),
            ("static U Value<T, U>(this IEnumerable<T>! value)", Call(own_value, types=("U",))),
            (f"static {_J} Values({_OWN}[, object key])", values_named),
            (f"static IEnumerable<U> Values<U>({_OWN}[, object key])", Call(all_values_as, types=("U",))),
            (f"static {_J} Children<T>({_T})", each_children),
            (f"static IEnumerable<U> Children<T, U>({_T})", Call(all_children, types=("U",))),
            (f"static {_J} AncestorsAndSelf<T>({_T})", _of_each(with_self(ancestors))),
            (f"static {_J} DescendantsAndSelf<T>({_T})", _of_each(with_self(descendants))),
            ("static IJEnumerable<JProperty> Properties(this IEnumerable<JObject> source)", each_children),
            (f"static {_J} AsJEnumerable({_OWN})", as_enumerable),
            (f"static IJEnumerable<T> AsJEnumerable<T>({_T})", as_enumerable),
        ),
    ),
)  # fmt: skip
