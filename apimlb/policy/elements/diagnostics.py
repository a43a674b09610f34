"""What only tells: trace."""

from apimlb.policy.document.attributes import STRING, TEXT, choice
from apimlb.policy.document.draft import EVERYWHERE, Draft, Entry
from apimlb.policy.run.exchange import Act, Exchange


def trace(draft: Draft) -> Act:
    source = draft.required("source", STRING)
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
        if not context.tracing:
            return
        text = " ".join(message(context) for message in messages)
        facts = "".join(f" {name(context)}={value(context)}" for name, value in metadata)
        context.trace(f"{source(context)} [{severity}]: {text}{facts}")

    return act


TABLE = {"trace": Entry(EVERYWHERE, trace)}
