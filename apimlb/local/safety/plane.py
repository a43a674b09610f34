"""Stands in for Azure AI Content Safety: what is bad about a text is what a test has said.

It answers `text:analyze` and `text:shieldPrompt` of any account's host to callers with a token for Cognitive
Services. A text has the severity of the gravest rule whose words it holds, 0 without one; with four levels an
odd severity is rounded down. Shapes: Microsoft Learn, Content Safety REST API 2024-09-01.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from apimlb.errors import ConfigError
from apimlb.http import Headers, Request, Response

PATH = "/contentsafety/text:"
CATEGORIES = ("Hate", "SelfHarm", "Sexual", "Violence")
LONGEST = 10_000
"""Characters of a text (its service limits)."""

Json = dict[str, Any]


@dataclass(slots=True)
class Rules:
    """`severities` are (words, category, severity from 0 to 7); `attacks` are words that make a prompt an
    attack; `blocklists` words by the list's name. Words are looked for without regard to case."""

    severities: list[tuple[str, str, int]] = field(default_factory=list)
    attacks: list[str] = field(default_factory=list)
    blocklists: dict[str, list[str]] = field(default_factory=dict)


def read_rules(asked: Mapping[str, Any]) -> Rules:
    """`{"severities": [["bomb", "Violence", 6]], "attacks": [...], "blocklists": {name: [...]}}`; raises
    `ConfigError`."""
    unknown = set(asked) - {"severities", "attacks", "blocklists"}
    if unknown:
        raise ConfigError(f"content safety has no {min(unknown)!r}")
    try:
        severities = [
            (str(words), str(kind), int(grave)) for words, kind, grave in asked.get("severities", ())
        ]
        blocklists = {str(name): list(map(str, words)) for name, words in asked.get("blocklists", {}).items()}
        attacks = list(map(str, asked.get("attacks", ())))
    except (AttributeError, TypeError, ValueError) as error:
        raise ConfigError(f"the rules of content safety cannot be read: {error}") from error
    for _, kind, grave in severities:
        if kind not in CATEGORIES or not 0 <= grave <= 7:
            raise ConfigError(f"{kind} {grave} is no category with a severity from 0 to 7")
    return Rules(severities, attacks, blocklists)


class SafetyPlane:
    """Answers by `rules`, which a test may change; `verify` says whether a bearer token is good."""

    def __init__(self, verify: Callable[[str], bool]) -> None:
        self.rules = Rules()
        self._verify = verify

    async def send(self, request: Request) -> Response:
        scheme, _, token = (request.headers.get("Authorization") or "").partition(" ")
        if scheme.lower() != "bearer" or not self._verify(token.strip()):
            text = "Access denied due to invalid subscription key or wrong API endpoint."
            return _answer(401, {"error": {"code": "401", "message": text}})
        action = request.path.removeprefix(PATH)
        if request.method != "POST" or action not in ("analyze", "shieldPrompt"):
            return _answer(404, {"error": {"code": "404", "message": "Resource not found"}})
        try:
            asked = json.loads(request.body)
            text = asked["text" if action == "analyze" else "userPrompt"]
            if not isinstance(text, str) or len(text) > LONGEST:
                raise ValueError(f"a text has at most {LONGEST} characters")
        except (ValueError, LookupError, TypeError) as error:
            return _answer(400, {"error": {"code": "InvalidRequestBody", "message": str(error)}})
        return _answer(200, self._analyze(asked, text) if action == "analyze" else self._shield(asked, text))

    def _analyze(self, asked: Json, text: str) -> Json:
        lowered = text.lower()
        matches = [
            {"blocklistName": name, "blocklistItemId": word, "blocklistItemText": word}
            for name in asked.get("blocklistNames") or ()
            for word in self.rules.blocklists.get(name, ())
            if word.lower() in lowered
        ]
        step = 1 if asked.get("outputType") == "EightSeverityLevels" else 2
        found = [
            {"category": name, "severity": self._severity(name, lowered) // step * step}
            for name in asked.get("categories") or CATEGORIES
        ]
        return {"blocklistsMatch": matches, "categoriesAnalysis": found}

    def _severity(self, category: str, lowered: str) -> int:
        return max(
            (
                grave
                for words, kind, grave in self.rules.severities
                if kind == category and words.lower() in lowered
            ),
            default=0,
        )

    def _shield(self, asked: Json, text: str) -> Json:
        return {
            "userPromptAnalysis": {"attackDetected": self._attacks(text)},
            "documentsAnalysis": [
                {"attackDetected": self._attacks(str(each))} for each in asked.get("documents") or ()
            ],
        }

    def _attacks(self, text: str) -> bool:
        return any(words.lower() in text.lower() for words in self.rules.attacks)


def _answer(status: int, body: Json) -> Response:
    return Response(status, Headers([("Content-Type", "application/json")]), json.dumps(body).encode())
