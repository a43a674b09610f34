"""What a deployment says about its model: its name, what it can be asked, and what it refuses."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from apimlb.local.store import Document

# The capability that an operation needs (capabilities of a deployment, values "true"), for deployments
# that state theirs; of the others the model's name decides.
_CAPABILITY = {"chat": "chatCompletion", "completions": "completion", "embeddings": "embeddings"}
_DIMENSIONS = {"text-embedding-3-large": 3072}
# The most tokens of an answer, by how the model's name begins; a deployment's own maxOutputToken goes before.
_MOST_OUTPUT = (
    ("gpt-5", 128_000), ("gpt-4.1", 32_768), ("gpt-4o", 16_384), ("o1", 100_000), ("o3", 100_000),
    ("o4", 100_000), ("gpt-4-32k", 32_768), ("gpt-4", 8_192), ("", 4_096),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Model:
    """`name` as in `gpt-5.1`, `version` as in `2025-11-13`; `snapshot` is what answers call it."""

    name: str
    version: str = ""
    capabilities: frozenset[str] = frozenset()
    stated_output: int = 0

    @property
    def snapshot(self) -> str:
        return f"{self.name}-{self.version}" if len(self.version) == 10 else self.name

    @property
    def embeds(self) -> bool:
        return "embeddings" in self.capabilities or "embedding" in self.name

    @property
    def reasons(self) -> bool:
        """gpt-5 and the o series, but for their chat variants: they refuse max_tokens (Microsoft Learn, Azure
        OpenAI reasoning models)."""
        series = self.name.startswith("gpt-5") or (self.name[:1] == "o" and self.name[1:2].isdigit())
        return series and "-chat" not in self.name

    @property
    def samples_freely(self) -> bool:
        """The o series and the first gpt-5 take no temperature; later ones do when they do not reason."""
        return not self.reasons or self.name.startswith("gpt-5.")

    @property
    def dimensions(self) -> int:
        """The length of an embedding when the request asks for none."""
        return _DIMENSIONS.get(self.name, 1536)

    @property
    def most_output(self) -> int:
        """The most tokens that an answer of it can have."""
        known = (most for start, most in _MOST_OUTPUT if self.name.startswith(start))
        return self.stated_output or next(known)

    @property
    def chooses_dimensions(self) -> bool:
        """Embeddings from the third generation on can be cut to a length."""
        return self.name != "text-embedding-ada-002"

    def does(self, operation: str) -> bool:
        """Whether the model can be asked for "chat", "completions", "embeddings" or "responses"."""
        wanted = _CAPABILITY.get(operation, "chatCompletion")
        if wanted in self.capabilities:
            return True
        if operation == "embeddings" or self.embeds:
            return operation == "embeddings" and self.embeds
        instruct = "instruct" in self.name or self.name.endswith("-002")
        return operation in ("chat", "responses") if not instruct else operation == "completions"


def model_of(deployment: Document) -> Model:
    properties = deployment.body.get("properties", {})
    model: Mapping[str, Any] = properties.get("model", {})
    stated = properties.get("capabilities") or {}
    capabilities = frozenset(name for name, value in stated.items() if str(value).lower() == "true")
    output = str(stated.get("maxOutputToken") or "")
    return Model(
        str(model.get("name", "")),
        str(model.get("version", "")),
        capabilities,
        int(output) if output.isdecimal() else 0,
    )
