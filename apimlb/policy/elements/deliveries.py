"""What goes to other services beside the answer, which does not wait for it: log-to-eventhub,
send-one-way-request, send-service-bus-message, trace.

Microsoft Learn, API Management policy reference, the page of each. Each element is evaluated and leaves a
record (`apimlb.policy.run.records`): nothing is sent.
"""

from apimlb.policy.document.attributes import STRING, TEXT, choice, integer
from apimlb.policy.document.draft import Draft
from apimlb.policy.elements import formats
from apimlb.policy.elements.callouts import DEFAULT_TIMEOUT, message_of
from apimlb.policy.elements.messages import BYTES
from apimlb.policy.run.exchange import Act, Exchange
from apimlb.policy.run.records import HIDDEN, SECRET_HEADERS, Value

_LARGEST_EVENT = 200 * 1024
"""Bytes of an event; what is longer is cut (log-to-eventhub, usage notes)."""


def log_to_eventhub(draft: Draft) -> Act:
    logger = draft.required_word("logger-id", STRING)
    partition = draft.word("partition-id", STRING, "")
    key_of = draft.optional("partition-key", STRING)
    draft.at_most_one("partition-id", "partition-key")
    content = draft.content(BYTES)

    def act(exchange: Exchange) -> None:
        context = exchange.context
        text = formats.text(content(context)[:_LARGEST_EVENT]).strip()
        values: dict[str, Value] = {"message": text}
        if partition:
            values["partition_id"] = partition
        if key_of is not None:
            values["partition_key"] = key_of(context)
        exchange.record("event", "log-to-eventhub", logger, values)

    return act


def send_one_way_request(draft: Draft) -> Act:
    message = message_of(draft)
    timeout = draft.attribute("timeout", integer(), DEFAULT_TIMEOUT)

    async def act(exchange: Exchange) -> None:
        request = await message(exchange)
        timeout(exchange.context)
        headers: dict[str, Value] = {
            name: HIDDEN if name.lower() in SECRET_HEADERS else ", ".join(given)
            for name, given in request.headers.grouped()
        }
        values: dict[str, Value] = {
            "method": request.method,
            "url": request.url,
            "headers": headers,
            "body": formats.text(request.body),
        }
        exchange.record("request", "send-one-way-request", request.url, values)

    return act


def send_service_bus_message(draft: Draft) -> Act:
    queue, topic = draft.optional("queue-name", STRING), draft.optional("topic-name", STRING)
    name_of = queue or topic
    if name_of is None or (queue and topic):
        raise draft.error("One of the attributes 'queue-name' and 'topic-name' is required.")
    namespace = draft.attribute("namespace", STRING, "")
    client_id = draft.attribute("client-id", STRING, "")
    properties = [
        (child.required("name", STRING), child.content(BYTES))
        for child in draft.nested("message-properties", "message-property")
    ]
    payload = draft.made("payload", lambda child: child.content(BYTES))
    if payload is None:
        raise draft.incomplete("payload")

    def act(exchange: Exchange) -> None:
        context = exchange.context
        values: dict[str, Value] = {
            "queue" if queue else "topic": name_of(context),
            "namespace": namespace(context),
            "client_id": client_id(context),
            "properties": {name(context): formats.text(value(context)).strip() for name, value in properties},
            "payload": formats.text(payload(context)),
        }
        exchange.record("message", "send-service-bus-message", name_of(context), values)

    return act


def trace(draft: Draft) -> Act:
    """Evaluated in every run, so that a traced run does the same. It goes to Application Insights too, and so
    is a record."""
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
