"""llm-content-safety: prompts and answers checked by a content safety service before they pass.

Microsoft Learn, API Management policy reference: llm-content-safety. The service is Azure AI Content Safety,
asked at the backend that the policy names with its `text:analyze` and `text:shieldPrompt` of 2024-09-01; in
the local Azure a stand-in answers (`apimlb.local.safety`). A service that refuses or cannot be reached, and a
text that is too long for it, are refusals, as callers report them. The reason in LastError is not published.
"""

from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from functools import partial
from typing import Any

from apimlb.http import RelayedStream
from apimlb.policy.clr.exceptions import ClrException
from apimlb.policy.document.attributes import BOOLEAN, STRING, TEXT, choice, integer
from apimlb.policy.document.draft import Draft
from apimlb.policy.elements import formats, token_usage
from apimlb.policy.elements.callouts import service_answer
from apimlb.policy.run.exchange import Act, Exchange
from apimlb.policy.run.faults import PolicyFault

LONGEST = 10_000
"""Characters that the service takes at once; a longer prompt is refused."""

_WINDOW = 1_000
_VERSION = "2024-09-01"
_SOURCE = "llm-content-safety"
_CATEGORIES = choice("Hate", "SelfHarm", "Sexual", "Violence")
_LEVELS = choice("FourSeverityLevels", "EightSeverityLevels")


def _blocked() -> PolicyFault:
    message = "Request failed content safety check."
    return PolicyFault("ContentSafetyCheckFailed", message, source=_SOURCE, status=403)


class ContentSafety:
    """What is asked about each text; the getters are evaluated for each request."""

    def __init__(self, draft: Draft) -> None:
        held = draft.child("categories")
        self.backend = draft.required("backend-id", STRING)
        self.shield = draft.attribute("shield-prompt", BOOLEAN, False)
        self.levels = held.attribute("output-type", _LEVELS, "FourSeverityLevels") if held else (lambda _: "")
        self.categories = [
            (child.required("name", _CATEGORIES), child.required("threshold", integer(0, 7)))
            for child in (held.children("category") if held else ())
        ]
        self.blocklists = [child.content(TEXT) for child in draft.nested("blocklists", "id")]
        self.window = draft.attribute("window-size", integer(1), _WINDOW)
        self.overlap = draft.attribute("window-overlap-size", integer(), 0)

    async def check_prompt(self, exchange: Exchange) -> None:
        """Raises PolicyFault 403 for a prompt that does not pass."""
        asked = token_usage.said_in(exchange.context.request.body)
        text = formats.joined("\n", [piece for piece in token_usage.texts_of_prompt(asked) if piece])
        if len(text) > LONGEST:
            raise _blocked()
        if not text:
            return
        await self._analyze(exchange, text)
        if self.shield(exchange.context):
            found = await self._ask(exchange, "shieldPrompt", {"userPrompt": text, "documents": []})
            if (found.get("userPromptAnalysis") or {}).get("attackDetected"):
                raise _blocked()

    async def check_answer(self, exchange: Exchange) -> None:
        """Raises PolicyFault 403 for an answer that does not pass; a stream is cut off where it does not."""

        def guard(body: AsyncIterator[bytes]) -> CheckedStream:
            return CheckedStream(body, self.window(exchange.context), partial(self._analyze, exchange))

        response = await token_usage.whole_answer(exchange, guard)
        if response is None:
            return
        text = formats.joined("", [*token_usage.texts_of_answer(token_usage.said_in(response.body))])
        size = max(1, min(self.window(exchange.context), LONGEST))
        step = max(1, size - self.overlap(exchange.context))
        for start in range(0, len(text), step):
            await self._analyze(exchange, text[start : start + size])
            if start + size >= len(text):
                return

    async def _analyze(self, exchange: Exchange, text: str) -> None:
        context = exchange.context
        limits = {name(context): threshold(context) for name, threshold in self.categories}
        lists = [each(context) for each in self.blocklists]
        if not limits and not lists:
            return
        asked: dict[str, Any] = {"text": text, "outputType": self.levels(context), "blocklistNames": lists}
        if limits:
            asked["categories"] = list(limits)
        found = await self._ask(exchange, "analyze", asked)
        if found.get("blocklistsMatch"):
            raise _blocked()
        for each in found.get("categoriesAnalysis") or ():
            if each["category"] in limits and each["severity"] >= limits[each["category"]]:
                raise _blocked()

    async def _ask(self, exchange: Exchange, action: str, asked: dict[str, Any]) -> dict[str, Any]:
        """What the service answers. A backend without credentials of its own gets those of the request, as a
        live gateway was seen to do."""
        context = exchange.context
        url = f"/contentsafety/text:{action}?api-version={_VERSION}"
        shown = context.request.headers.get("Authorization")
        answer = await service_answer(exchange, self.backend(context), url, asked, shown)
        if answer is None:
            raise _blocked()
        return answer


def llm_content_safety(draft: Draft) -> Act:
    checks = ContentSafety(draft)
    both = draft.attribute("enforce-on-completions", BOOLEAN, False)
    if draft.compilation.section == "outbound":  # where the attribute changes nothing (its page)
        return checks.check_answer

    async def act(exchange: Exchange) -> None:
        await checks.check_prompt(exchange)
        if both(exchange.context):
            exchange.settlements.append(checks.check_answer)

    return act


class CheckedStream(RelayedStream):
    """A stream whose events wait until their window was checked; where one does not pass, it ends."""

    def __init__(
        self, body: AsyncIterator[bytes], window: int, check: Callable[[str], Awaitable[None]]
    ) -> None:
        super().__init__(body)
        self._window = window
        self._check = check
        self._lines = token_usage.Lines()
        self._held: list[bytes] = []
        self._texts: list[str] = []
        self._length = 0
        self._passed = deque[bytes]()
        self._over = False

    async def __anext__(self) -> bytes:
        while not self._passed:
            if self._over:
                raise StopAsyncIteration
            await self._advance()
        return self._passed.popleft()

    async def _advance(self) -> None:
        """Read on, and release text that passes: each full window, and at the end the rest."""
        try:
            chunk = await anext(self._body)
        except StopAsyncIteration:
            chunk, self._over = b"\n", True  # which ends the last line
        try:
            for line in self._lines.take(chunk):
                self._hold(line)
                full = not line and self._length >= self._window  # an empty line ends an event
                if full or self._over:
                    await self._release()
        except (PolicyFault, ClrException):  # it does not pass, or the check failed
            self._over = True
            await self.aclose()

    def _hold(self, line: bytes) -> None:
        formats.spend(2)
        self._held.append(line if self._over else line + b"\n")
        if line.startswith(b"data:"):
            said = token_usage.text_of_event(token_usage.parsed(line.removeprefix(b"data:")))
            self._texts.append(said)
            self._length += len(said)

    async def _release(self) -> None:
        """Release the held lines; raises PolicyFault where their text does not pass, ClrException where the
        check fails."""
        held, texts, length = self._held, self._texts, self._length
        self._held, self._texts, self._length = [], [], 0
        if length:
            await self._check(formats.joined("", texts))
        self._passed += filter(None, [b"".join(held)])
