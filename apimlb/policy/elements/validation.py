"""Messages compared with the API's definition: validate-status-code, -headers, -parameters, -content.

Microsoft Learn, API Management policy reference, the page of each, and "Validation policies error reference"
for the messages: a request that does not fit is answered with 400, a response with 502. Each has an action:
`ignore`, `prevent` (refuse) or `detect` (note and go on). What was found is left in a variable, a list of
objects. A body is held to size, media type and well-formedness; schemas are not kept here, so that one which
is named is refused at upload.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from apimlb.numerals import is_json_integer, is_json_number
from apimlb.policy.apim.bodies import MessageBody
from apimlb.policy.apim.context import Context, Declared, DeclaredParameter
from apimlb.policy.document.attributes import BOOLEAN, STRING, choice, integer
from apimlb.policy.document.draft import INBOUND, NOT_BACKEND, RESPONSE_SIDE, Draft, Entry, Getter
from apimlb.policy.elements import formats
from apimlb.policy.elements.bodies import works_on_request
from apimlb.policy.run.exchange import Act, Exchange
from apimlb.policy.run.faults import PolicyFault

_ACTION = choice("ignore", "prevent", "detect")
_REQUEST, _RESPONSE = 400, 502
_UNDECLARED = Declared()
_LARGEST = 4 * 1024 * 1024
_ALWAYS_THERE = frozenset({"content-length", "content-type", "date", "connection", "transfer-encoding"})
"""Headers of the message itself, which no definition lists."""

_CHECKS: dict[str, Callable[[str], bool]] = {
    "integer": is_json_integer,
    "number": is_json_number,
    "boolean": {"true", "false"}.__contains__,
}
"""Whether a text is a value of a type, by JSON's grammar."""


@dataclass(frozen=True, slots=True)
class Violation:
    """A part of a message that does not fit: its `kind` and `name`, and the `action` that the policy
    asks for."""

    kind: str
    name: str
    message: str
    action: str


def _settle(exchange: Exchange, variable: str, violations: Iterable[Violation], status: int) -> None:
    """Keep the violations in the variable; raises PolicyFault for the first whose action is `prevent`."""
    found = [each for each in violations if each.action != "ignore"]
    if variable and found:
        rows = [{"Type": e.kind, "Name": e.name, "Details": e.message, "Action": e.action} for e in found]
        noted = MessageBody.made(formats.dumped(rows)).as_("Newtonsoft.Json.Linq.JArray")
        exchange.context.variables[variable] = noted
    for each in found:
        if each.action == "prevent":
            raise PolicyFault("ValidationFailed", each.message, status=status)


def _declared(context: Context) -> Declared:
    return _UNDECLARED if context.operation is None else context.operation.declared


def _overrides(draft: Draft, tag: str, key: str) -> dict[str, Getter[str]]:
    """The actions of the children with that tag, by what they name in lower case."""
    return {
        row.required_word(key, STRING).lower(): row.required("action", _ACTION) for row in draft.children(tag)
    }


def validate_status_code(draft: Draft) -> Act:
    """An action for a code counts only where the definition does not have the code (the page)."""
    unknown = draft.required("unspecified-status-code-action", _ACTION)
    variable = draft.word("errors-variable-name", STRING, "")
    overrides = _overrides(draft, "status-code", "code")

    def act(exchange: Exchange) -> None:
        context = exchange.context
        response = context.response
        if response is None or response.status_code in _declared(context).response_headers:
            return
        code = str(response.status_code)
        message = f"Response status code {code} is not allowed."
        finding = Violation("StatusCode", code, message, overrides.get(code, unknown)(context))
        _settle(exchange, variable, [finding], _RESPONSE)

    return act


def validate_headers(draft: Draft) -> Act:
    known = draft.required("specified-header-action", _ACTION)
    unknown = draft.required("unspecified-header-action", _ACTION)
    variable = draft.word("errors-variable-name", STRING, "")
    overrides = _overrides(draft, "header", "name")

    def act(exchange: Exchange) -> None:
        context = exchange.context
        response = context.response
        if response is None:
            return
        parameters = _declared(context).response_headers.get(response.status_code, ())
        given = {name.lower(): value for name, value in response.headers if name.lower() not in _ALWAYS_THERE}
        rules = _ParameterRules("ResponseHeader", "header", parameters, known, unknown, overrides)
        _settle(exchange, variable, rules.violations(context, given), _RESPONSE)

    return act


@dataclass(frozen=True, slots=True)
class _ParameterRules:
    """The parameters of one place (headers, query or path), and the actions for those that do not fit."""

    kind: str
    word: str
    parameters: tuple[DeclaredParameter, ...]
    known: Getter[str]
    unknown: Getter[str]
    overrides: dict[str, Getter[str]]

    def violations(self, context: Context, given: dict[str, str]) -> Iterator[Violation]:
        """`given` is by names in lower case."""
        formats.spend(2 * (len(given) + len(self.parameters)))
        by_name = {each.name.lower(): each for each in self.parameters}
        for name, value in given.items():
            action = self.overrides.get(name)
            parameter = by_name.get(name)
            if parameter is None:
                message = f"Unspecified {self.word} {name} is not allowed."
                yield Violation(self.kind, name, message, (action or self.unknown)(context))
            elif not _fits(value, parameter):
                message = f"The value of {self.word} {name} is not allowed: {parameter.type} was expected."
                yield Violation(self.kind, name, message, (action or self.known)(context))
        for name, parameter in by_name.items():
            if parameter.required and name not in given:
                action = self.overrides.get(name)
                message = f"Required {self.word} {parameter.name} is missing."
                yield Violation(self.kind, name, message, (action or self.known)(context))


def _fits(value: str, parameter: DeclaredParameter) -> bool:
    if parameter.values and value not in parameter.values:
        return False
    check = _CHECKS.get(parameter.type)
    return check is None or check(value)


def validate_parameters(draft: Draft) -> Act:
    known = draft.required("specified-parameter-action", _ACTION)
    unknown = draft.required("unspecified-parameter-action", _ACTION)
    variable = draft.word("errors-variable-name", STRING, "")
    places = {name: _place(draft.child(name), known, unknown) for name in ("headers", "query", "path")}

    def act(exchange: Exchange) -> None:
        context = exchange.context
        request, declared = context.request, _declared(context)
        given = {
            "headers": {name.lower(): value for name, value in request.headers},
            "query": {name.lower(): values[-1] for name, values in request.original_url.query.items()},
            "path": {name.lower(): value for name, value in request.matched_parameters.items()},
        }
        parameters = {"headers": declared.headers, "query": declared.query, "path": declared.path}
        words = {"headers": ("RequestHeader", "header"), "query": ("QueryParameter", "query parameter")}
        words["path"] = ("PathParameter", "path parameter")
        found: list[Violation] = []
        for name, (of_known, of_unknown, overrides) in places.items():
            rules = _ParameterRules(*words[name], parameters[name], of_known, of_unknown, overrides)
            found += rules.violations(context, given[name])
        _settle(exchange, variable, found, _REQUEST)

    return act


Actions = tuple[Getter[str], Getter[str], dict[str, Getter[str]]]


def _place(held: Draft | None, known: Getter[str], unknown: Getter[str]) -> Actions:
    """The actions of one place: its own, or else those of the whole policy."""
    if held is None:
        return known, unknown, {}
    of_known = held.optional("specified-parameter-action", _ACTION) or known
    of_unknown = held.optional("unspecified-parameter-action", _ACTION) or unknown
    return of_known, of_unknown, _overrides(held, "parameter", "name")


@dataclass(frozen=True, slots=True)
class _Content:
    """How a body of one media type is checked: `reads` says why it cannot be read (None for a body that can),
    `action` what is done then."""

    type: str
    reads: Callable[[bytes], str | None]
    action: Getter[str]


def validate_content(draft: Draft) -> Act:
    unknown = draft.required("unspecified-content-type-action", _ACTION)
    most = draft.required("max-size", integer(0, _LARGEST))
    too_large = draft.required("size-exceeded-action", _ACTION)
    variable = draft.word("errors-variable-name", STRING, "")
    mapped = _content_type_map(draft.child("content-type-map"))
    contents = [_content(child) for child in draft.children("content")]
    on_request = works_on_request(draft)
    if not on_request:
        draft.compilation.reads_response_body()

    def violations(context: Context) -> Iterator[Violation]:
        view = context.request if on_request else context.response
        body = None if view is None else view.body
        if view is None or body is None or not body.rest:
            return
        kind = "RequestBody" if on_request else "ResponseBody"
        if len(body.rest) > most(context):
            message = (
                f"{'Request' if on_request else 'Response'}'s body is {len(body.rest)} bytes long and it "
                f"exceeds the configured limit of {most(context)} bytes."
            )
            yield Violation(kind, "SizeLimit", message, too_large(context))
            return
        given = mapped(context, formats.media_type(formats.header(view.headers, "Content-Type") or ""))
        fitting = [each for each in contents if each.type in ("", given)]
        named = {each.type for each in contents}
        if given not in _known_types(context, on_request) | named:
            message = f"Unspecified content type {given} is not allowed."
            yield Violation(kind, given, message, unknown(context))
        for each in fitting:
            if (wrong := each.reads(body.content)) is not None:
                message = f"Body does not conform to the definition: {wrong}"
                yield Violation(kind, given, message, each.action(context))

    def act(exchange: Exchange) -> None:
        _settle(exchange, variable, violations(exchange.context), _REQUEST if on_request else _RESPONSE)

    return act


def _content(draft: Draft) -> _Content:
    draft.lacks("schema-id", "schema-ref", "allow-additional-properties", "case-insensitive-property-names")
    kind = draft.required_word("validate-as", choice("json", "xml", "soap"))
    reads = formats.fault_of_json if kind == "json" else formats.fault_of_xml
    return _Content(
        formats.media_type(draft.word("type", STRING, "")), reads, draft.required("action", _ACTION)
    )


def _content_type_map(draft: Draft | None) -> Callable[[Context, str], str]:
    """The media type that a body is held to, by the one that it comes with."""
    if draft is None:
        return lambda context, given: given
    anything = draft.word("any-content-type-value", STRING, "")
    missing = draft.word("missing-content-type-value", STRING, "")
    rows = [
        (row.word("from", STRING, ""), row.optional("when", BOOLEAN), row.required_word("to", STRING))
        for row in draft.children("type")
    ]

    def mapped(context: Context, given: str) -> str:
        for source, when, target in rows:
            if (when is not None and when(context)) or (source and formats.media_type(source) == given):
                return formats.media_type(target)
        return formats.media_type(anything or given or missing)

    return mapped


def _known_types(context: Context, on_request: bool) -> set[str]:
    declared = _declared(context)
    if on_request:
        return {formats.media_type(each) for each in declared.contents}
    status = context.response.status_code if context.response else 0
    return {formats.media_type(each) for each in declared.response_contents.get(status, ())}


TABLE = {
    "validate-content": Entry(NOT_BACKEND, validate_content),
    "validate-headers": Entry(RESPONSE_SIDE, validate_headers),
    "validate-parameters": Entry(INBOUND, validate_parameters),
    "validate-status-code": Entry(RESPONSE_SIDE, validate_status_code),
}
