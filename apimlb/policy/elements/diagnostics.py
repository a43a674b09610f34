"""What only tells: trace."""

from apimlb.policy.document.attributes import STRING, TEXT, choice
from apimlb.policy.document.draft import Draft
from apimlb.policy.run.exchange import Act, Exchange
from apimlb.policy.run.records import Value


def trace(draft: Draft) -> Act:
    """Evaluated in every run, so that a traced run does the same. It goes to Application Insights too, and so
    is a record. Microsoft Learn, API Management policy reference: trace."""
    source = draft.required_word("source", STRING)
    severity = draft.word("severity", choice("verbose", "information", "error"), "verbose")
    messages = draft.texts("message", TEXT)
    if not messages:
        messages = [draft.content(TEXT)]  # the form before there was <message>
    metadata = [
        (child.required("name", STRING), child.required("value", STRING))
        for child in draft.children("metadata")
    ]

    def act(exchange: Exchange) -> None:
        context = exchange.context
        bodies = [context.request.body, None if context.response is None else context.response.body]
        kept = [(body, body.consumed) for body in bodies if body is not None]
        try:
            text = " ".join(message(context) for message in messages)
            facts: dict[str, Value] = {name(context): value(context) for name, value in metadata}
        finally:  # what reads a body here does not consume it
            for body, consumed in kept:
                body.consumed = consumed
        shown = "".join(f" {name}={value}" for name, value in facts.items())
        context.trace(f"{source} [{severity}]: {text}{shown}")
        exchange.record(
            "trace", "trace", source, {"severity": severity, "message": text, "properties": facts}
        )

    return act
