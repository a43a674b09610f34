"""What a Cognitive Services account looks like: the parts of its body that Azure fills in.

Recorded: cog_aso_deployment 2 and 7 (kind OpenAI, 2024-10-01).
"""

from apimlb.local.store import Json

# (key, seconds, count, ((path, method), ...))
_RULES = (
    ("openai.dalle.post", 1, 30, (("dalle/*", "POST"), ("openai/images/*", "POST"))),
    ("openai.dalle.other", 1, 30, (("dalle/*", "*"), ("openai/operations/images/*", "*"))),
    ("openai.assistants.list", 60, 120, (("openai/assistants", "GET"),)),
    ("openai.threads.list", 60, 120, (("openai/threads", "GET"),)),
    ("openai.vectorstores.list", 60, 120, (("openai/vector_stores", "GET"),)),
    (
        "openai.assistants.default",
        1,
        100000,
        (
            ("openai/assistants", "*"),
            ("openai/assistants/*", "*"),
            ("openai/threads", "*"),
            ("openai/threads/*", "*"),
            ("openai/vector_stores", "*"),
            ("openai/vector_stores/*", "*"),
        ),
    ),
    ("openai.responses.default", 1, 100000, (("openai/responses", "*"), ("openai/responses/*", "*"))),
    ("openai.batches.post", 60, 30, (("openai/v1/batches", "POST"), ("openai/batches", "POST"))),
    ("openai.batches.get", 60, 500, (("openai/v1/batches/*", "GET"), ("openai/batches/*", "GET"))),
    ("openai.batches.list", 60, 100, (("openai/v1/batches", "GET"), ("openai/batches", "GET"))),
    ("openai", 1, 30, (("openai/*", "*"),)),
    ("default", 1, 30, (("*", "*"),)),
)
_CAPABILITIES = (
    ("VirtualNetworks", None),
    ("CustomerManagedKey", None),
    ("MaxFineTuneCount", "500"),
    ("MaxRunningFineTuneCount", "3"),
    ("MaxUserFileCount", "100"),
    ("MaxTrainingFileSize", "512000000"),
    ("MaxUserFileImportDurationInHours", "1"),
    ("MaxFineTuneJobDurationInHours", "720"),
    ("MaxEvaluationRunDurationInHours", "5"),
    ("MaxRunningEvaluationCount", "5"),
    (
        "TrustedServices",
        "Microsoft.CognitiveServices,Microsoft.MachineLearningServices,Microsoft.Search,Microsoft.VideoIndexer",
    ),
    ("RaiMonitor", None),
    ("quotaRefundsEnabled", "false"),
)
_APIS = (
    "OpenAI Language Model Instance API",
    "OpenAI Dall-E API",
    "OpenAI Sora API",
    "OpenAI Moderations API",
    "OpenAI Whisper API",
    "OpenAI Model Scaleset API",
    "OpenAI Realtime API",
    "Token Service API",
)
_FOUNDRY_APIS = ("AI Foundry API", "Azure AI Model Inference API")
_LEGACY_API = "Azure OpenAI Legacy API - Latest moniker"
# The host that a custom subdomain gets, by kind of account.
_DOMAINS = {"OpenAI": "openai.azure.com", "AIServices": "cognitiveservices.azure.com"}

KINDS = tuple(_DOMAINS)


def endpoint(kind: str, location: str, subdomain: str | None) -> str:
    """Where the account answers (recorded: cog_aso_deployment 2 without a subdomain)."""
    if subdomain:
        return f"https://{subdomain}.{_DOMAINS[kind]}/"
    return f"https://{location.replace(' ', '').lower()}.api.cognitive.microsoft.com/"


def endpoints(kind: str, location: str, subdomain: str | None) -> Json:
    """API names and where they answer; the OpenAI and the Foundry APIs of a kind AIServices have hosts of
    their own (read by public programs; no recording has an account of that kind)."""
    shared = endpoint(kind, location, subdomain)
    openai = f"https://{subdomain}.openai.azure.com/" if subdomain else shared
    made = {name: openai if name.startswith("OpenAI") else shared for name in _APIS}
    if kind == "AIServices":
        foundry = f"https://{subdomain}.services.ai.azure.com/" if subdomain else shared
        made |= dict.fromkeys(_FOUNDRY_APIS, foundry) | {_LEGACY_API: openai}
    return dict(sorted(made.items())) if kind == "AIServices" else made


def call_rate_limit() -> Json:
    return {
        "rules": [
            {
                "key": key,
                "renewalPeriod": seconds,
                "count": count,
                "matchPatterns": [{"path": path, "method": method} for path, method in patterns],
            }
            for key, seconds, count, patterns in _RULES
        ]
    }


FOUNDRY = ("allowProjectManagement", "defaultProject", "associatedProjects", "networkInjections")
"""What makes an account one of Foundry, from 2025-04-01-preview on."""
DATES = ("deletionDate", "scheduledPurgeDate")
"""When a deleted account was deleted, and when it will be gone."""


def shown(body: Json, api_version: str) -> Json:
    """The account as the api-version of the request shows it.

    Before 2025-04-01-preview it has nothing of Foundry, before 2024-10-01 no empty apiProperties, before
    2022-10-01 its rules have one key more (recorded: cog_cli_model 1), before 2022-03-01 systemData stands
    after the etag and a deleted one has no dates (recorded: cog_cli_softdelete 1, 6).
    """
    if api_version >= "2025-04-01":
        return body
    properties = {name: value for name, value in body["properties"].items() if name not in FOUNDRY}
    if api_version >= "2024-10-01":
        return {**body, "properties": properties}
    properties = {name: value for name, value in properties.items() if name != "apiProperties" or value}
    if api_version < "2022-10-01":
        properties["callRateLimit"] = {"rules": [_old(rule) for rule in properties["callRateLimit"]["rules"]]}
    if api_version < "2022-03-01":
        properties = {name: value for name, value in properties.items() if name not in DATES}
    body = {**body, "properties": properties}
    if api_version >= "2022-03-01":
        return body
    first = {name: body[name] for name in ("id", "name", "type", "etag", "systemData")}
    return first | {name: value for name, value in body.items() if name not in first}


def _old(rule: Json) -> Json:
    first = {name: value for name, value in rule.items() if name != "matchPatterns"}
    return {**first, "dynamicThrottlingEnabled": False, "matchPatterns": rule["matchPatterns"]}


def capabilities() -> list[Json]:
    return [
        {"name": name} if value is None else {"name": name, "value": value} for name, value in _CAPABILITIES
    ]
