"""Liquid templates of set-body, in API Management's dialect.

Microsoft Learn, API Management policy reference: set-body, "Using Liquid templates with set-body". The
dialect is DotLiquid in C# mode: filters in Pascal case, .NET's date formats, and JSONArrayFor, a loop that
puts commas between its turns. A filter that DotLiquid has not got leaves its input as it is.

`inputs` makes what a template sees of message and context, and `weights` says what its values weigh;
`dialect` reads and renders, with `filters` and by way of `rendering`. They import the library, which few
policies need and which is an extra of apimlb.
"""

import importlib.util
import sys

from apimlb.policy.apim.bodies import content_of
from apimlb.policy.apim.context import Context
from apimlb.policy.clr.dates.calendar import CALENDAR
from apimlb.policy.document.attributes import BOOLEAN, Getter, choice
from apimlb.policy.document.draft import Draft
from apimlb.policy.elements import formats
from apimlb.policy.elements.bodies import section_message, works_on_request

_RENDER = 75
"""Steps of any template, with the context that it sees."""


def settings_of(draft: Draft) -> tuple[str, bool]:
    """`xsi-nil`: what a template sees of an element of XML with xsi:nil="true"; `parse-date`: whether it sees
    a text in the form of a date as a date (the page of set-body). Without a template they have no effect
    here: the page shows them beside `template` and does not say what they would do. Their values are
    checked in any case."""
    nil = draft.word("xsi-nil", choice("blank", "null"), "blank")
    return nil, draft.word("parse-date", BOOLEAN, True)


def template_of(draft: Draft, *, shows_body: bool) -> Getter[bytes]:
    """What a template makes of the body of the message that the section works on, or of no body: inside
    return-response the input is an empty string (the page's note)."""
    if importlib.util.find_spec("liquid") is None:
        raise draft.error(
            "A Liquid template needs python-liquid, which is not installed: "
            f"run `{sys.executable} -m pip install 'apimlb[liquid]'`, "
            "or where pipx installed apimlb, `pipx inject apimlb python-liquid`."
        )
    from apimlb.policy.elements.liquid import dialect

    nil, parses_dates = settings_of(draft)
    text = draft.element.text
    if text is not None and text.is_expression:
        raise draft.error("Expressions are not allowed in a Liquid template.", text)
    source = draft.markup() if draft.element.children else draft.words()
    message = section_message(draft)
    if shows_body and not works_on_request(draft):
        draft.compilation.reads_response_body()
    formats.spend(2 * len(source))
    try:
        render = dialect.compiled(source)
    except ValueError as error:
        raise draft.error(f"Liquid syntax error: {error}", text) from error

    def body(context: Context) -> bytes:
        from apimlb.policy.elements.liquid import inputs

        formats.spend(_RENDER)
        CALENDAR.clock = context.clock
        view = message(context) if shows_body else None
        content = content_of(None if view is None else view.body)
        kind = "" if view is None else formats.header(view.headers, "Content-Type") or ""
        data = {
            "body": inputs.body(content, kind, parses_dates=parses_dates, nil=None if nil == "null" else ""),
            "context": inputs.context(context),
        }
        return formats.utf8(render(data))

    return body
