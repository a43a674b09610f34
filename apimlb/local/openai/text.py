"""Sentences to answer with: made of a few stock phrases, the same ones for the same chance.

A token of an answer is a word with the space before it, or a mark.
"""

import random

_SUBJECTS = (
    "The gateway", "Each account", "A short answer", "The model", "Your request", "The deployment",
    "This example", "A second region", "The quota", "One token", "The client", "Another backend",
    "The response", "A good prompt",
)  # fmt: skip
_VERBS = (
    "keeps", "shows", "balances", "returns", "carries", "explains", "needs", "shares", "follows", "covers",
    "saves", "limits",
)  # fmt: skip
_OBJECTS = (
    "enough capacity", "the next step", "a clear result", "every call", "the same idea", "a little time",
    "the whole picture", "a simple rule", "the remaining tokens", "one more detail", "the load",
    "a fair share", "what was asked", "the main point",
)  # fmt: skip
_ENDINGS = (
    "", "for most users", "in a few words", "without delay", "at any time", "as the name says", "under load",
    "when traffic grows", "in practice", "for now", "within a minute", "across regions",
)  # fmt: skip


def answer(rng: random.Random, tokens: int) -> list[str]:
    """Exactly `tokens` pieces, at least one; joined they are sentences that end with a full stop."""
    pieces: list[str] = []
    while len(pieces) < tokens:
        phrases = (rng.choice(_SUBJECTS), rng.choice(_VERBS), rng.choice(_OBJECTS), rng.choice(_ENDINGS))
        pieces += [f" {word}" for word in " ".join(phrases).split()] + ["."]
    pieces[0] = pieces[0].lstrip()
    return [*pieces[: tokens - 1], "."] if tokens > 1 else pieces[:1]


def begun(rng: random.Random, tokens: int) -> list[str]:
    """The first `tokens` pieces of a longer answer."""
    return answer(rng, tokens + 1)[:tokens]
