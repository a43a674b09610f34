"""Messages compared with the API's definition: validate-status-code, -headers, -parameters, -content.

Microsoft Learn, API Management policy reference, the page of each, and "Validation policies error reference"
for the messages: a request that does not fit is answered with 400, a response with 502. Each has an action:
`ignore`, `prevent` (refuse) or `detect` (note and go on). What was found is left in a variable, a list of
objects. A body is held to size, media type and well-formedness; schemas are not kept here, so that one which
is named is refused at upload.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from apimlb.numerals import is_json_integer, is_json_number
from apimlb.policy.apim.bodies import MessageBody, content_of, rest_of
from apimlb.policy.apim.context import Context, Declared, DeclaredParameter, ResponseView
from apimlb.policy.document.attributes import BOOLEAN, STRING, Getter, choice, integer
from apimlb.policy.document.draft import Draft
from apimlb.policy.elements import formats
from apimlb.policy.elements.bodies import Message, message_with_body, works_on_request
from apimlb.policy.run.exchange import Act, Exchange
from apimlb.policy.run.faults import PolicyFault

_ACTION = choice("ignore", "prevent", "detect")
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


Violation = tuple[str, str, str, Getter[str]]
"""A part of a message that does not fit: its type and name, what is wrong, and the action that the policy
asks for."""


def _validation(draft: Draft, find: Callable[[Context], Iterable[Violation]]) -> Act:
    """Keeps what is found in the policy's variable, and refuses the message where an action is `prevent`."""
    variable = draft.word("errors-variable-name", STRING, "")
    status = 400 if works_on_request(draft) else 502

    def act(exchange: Exchange) -> None:
        found = [
            {"Type": kind, "Name": name, "Details": message, "Action": action}
            for kind, name, message, action_of in find(exchange.context)
            if (action := action_of(exchange.context)) != "ignore"
        ]
        if variable and found:
            noted = MessageBody.made(formats.dumped(found)).as_("Newtonsoft.Json.Linq.JArray")
            exchange.context.variables[variable] = noted
        for each in found:
            if each["Action"] == "prevent":
                raise PolicyFault("ValidationFailed", each["Details"], status=status)

    return act


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
    overrides = _overrides(draft, "status-code", "code")

    def find(context: Context) -> Iterator[Violation]:
        response = context.response
        if response is None or response.status_code in _declared(context).response_headers:
            return
        code = str(response.status_code)
        message = f"Response status code {code} is not allowed."
        yield "StatusCode", code, message, overrides.get(code, unknown)

    return _validation(draft, find)


def validate_headers(draft: Draft) -> Act:
    known = draft.required("specified-header-action", _ACTION)
    unknown = draft.required("unspecified-header-action", _ACTION)
    rules = _ParameterActions("ResponseHeader", "header", known, unknown, _overrides(draft, "header", "name"))

    def find(context: Context) -> Iterator[Violation]:
        response = context.response
        if response is not None:
            declared = _declared(context).response_headers.get(response.status_code, ())
            given = [pair for pair in response.headers if pair[0].lower() not in _ALWAYS_THERE]
            yield from rules.violations(given, declared)

    return _validation(draft, find)


class _ParameterActions(NamedTuple):
    """The actions for parameters of one place (headers, query or path) that do not fit; `kind` and `word` are
    what violations and their messages call a parameter, `overrides` are by names in lower case."""

    kind: str
    word: str
    known: Getter[str]
    unknown: Getter[str]
    overrides: dict[str, Getter[str]]

    def violations(
        self, pairs: Iterable[tuple[str, str]], parameters: Sequence[DeclaredParameter]
    ) -> Iterator[Violation]:
        """What does not fit of the names and values that are given."""
        given = {name.lower(): value for name, value in pairs}
        declared = {each.name.lower(): each for each in parameters}
        formats.spend(2 * (len(given) + len(parameters)))
        for name, value in given.items():
            parameter = declared.get(name)
            if parameter is None:
                message = f"Unspecified {self.word} {name} is not allowed."
                yield self.kind, name, message, self.overrides.get(name, self.unknown)
            elif not _fits(value, parameter):
                message = f"The value of {self.word} {name} is not allowed: {parameter.type} was expected."
                yield self.kind, name, message, self.overrides.get(name, self.known)
        for name, parameter in declared.items():
            if parameter.required and name not in given:
                message = f"Required {self.word} {parameter.name} is missing."
                yield self.kind, name, message, self.overrides.get(name, self.known)


def _fits(value: str, parameter: DeclaredParameter) -> bool:
    if parameter.values and value not in parameter.values:
        return False
    check = _CHECKS.get(parameter.type)
    return check is None or check(value)


def validate_parameters(draft: Draft) -> Act:
    known = draft.required("specified-parameter-action", _ACTION)
    unknown = draft.required("unspecified-parameter-action", _ACTION)

    def rules(tag: str, kind: str, word: str) -> _ParameterActions:
        """The actions of one place: its own, or else those of the whole policy."""
        held = draft.child(tag)
        if held is None:
            return _ParameterActions(kind, word, known, unknown, {})
        of_known = held.optional("specified-parameter-action", _ACTION) or known
        of_unknown = held.optional("unspecified-parameter-action", _ACTION) or unknown
        return _ParameterActions(kind, word, of_known, of_unknown, _overrides(held, "parameter", "name"))

    headers = rules("headers", "RequestHeader", "header")
    query = rules("query", "QueryParameter", "query parameter")
    path = rules("path", "PathParameter", "path parameter")

    def find(context: Context) -> Iterator[Violation]:
        request, declared = context.request, _declared(context)
        last = [(name, values[-1]) for name, values in request.original_url.query.items()]
        yield from headers.violations(request.headers, declared.headers)
        yield from query.violations(last, declared.query)
        yield from path.violations(request.matched_parameters.items(), declared.path)

    return _validation(draft, find)


def validate_content(draft: Draft) -> Act:
    unknown = draft.required("unspecified-content-type-action", _ACTION)
    most = draft.required("max-size", integer(0, _LARGEST))
    too_large = draft.required("size-exceeded-action", _ACTION)
    mapped = draft.made("content-type-map", _content_type_map)
    contents = [_content(child) for child in draft.children("content")]
    named = {kind for kind, _, _ in contents}
    message_of = message_with_body(draft)
    side = "Request" if works_on_request(draft) else "Response"
    part = f"{side}Body"

    def find(context: Context) -> Iterator[Violation]:
        view = message_of(context)
        if view is None:
            return
        size = len(rest_of(view.body))
        if size > most(context):
            message = (
                f"{side}'s body is {size} bytes long and it "
                f"exceeds the configured limit of {most(context)} bytes."
            )
            yield part, "SizeLimit", message, too_large
            return
        given = formats.media_type(formats.header(view.headers, "Content-Type") or "")
        if mapped is not None:
            given = mapped(context, given)
        if given not in {*map(formats.media_type, _contents(context, view)), *named}:
            message = f"Unspecified content type {given} is not allowed."
            yield part, given, message, unknown
        for kind, read, action in contents:
            try:
                if kind in ("", given):
                    read(content_of(view.body))
            except (ValueError, RecursionError) as error:
                message = f"Body does not conform to the definition: {error}"
                yield part, given, message, action

    return _validation(draft, find)


def _content(draft: Draft) -> tuple[str, Callable[[bytes], object], Getter[str]]:
    """The media type that is checked, what raises ValueError or RecursionError for a body that does not read,
    and the action then."""
    draft.lacks("schema-id", "schema-ref", "allow-additional-properties", "case-insensitive-property-names")
    form = draft.required_word("validate-as", choice("json", "xml", "soap"))
    read = formats.loaded if form == "json" else formats.check_xml
    return formats.media_type(draft.word("type", STRING, "")), read, draft.required("action", _ACTION)


def _content_type_map(draft: Draft) -> Callable[[Context, str], str]:
    """The media type that a body is held to, by the one that it comes with."""
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


def _contents(context: Context, view: Message) -> Sequence[str]:
    """The media types that the definition has for such a message."""
    declared = _declared(context)
    if isinstance(view, ResponseView):
        return declared.response_contents.get(view.status_code, ())
    return declared.contents
