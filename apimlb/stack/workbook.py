"""The workbook of a monitored stack: queries over what its policies and its gateway tell Azure Monitor.

Tables and columns: Microsoft Learn, Azure Monitor Logs reference, AppMetrics and AppRequests. The metrics are
those of templates/policy/_tokens.xml.j2 and _forwarded.xml.j2; what they are called there is repeated here.
"""

from apimlb.stack.resources import Json

TOKENS = ("Total Tokens", "Prompt Tokens", "Completion Tokens")
"""Metrics of llm-emit-token-metric."""
ATTEMPT = "Attempt Milliseconds"
"""A call of an account: how long it took to its headers, with Account, Deployment, Client and Status."""

THROTTLED = 'AppRequests | where ResultCode == "429" | summarize Refused = sum(ItemCount)'
"""Calls of clients that nobody could serve; ItemCount makes up for sampling."""

_TOLD = "| extend " + ", ".join(
    f"{name} = tostring(Properties.{name})" for name in ("Account", "Deployment", "Client", "Status")
)
_SPAN = "bin(TimeGenerated, {TimeRange:grain})"


def _tokens(by: str) -> str:
    return (
        f'AppMetrics | where Name == "{TOKENS[0]}" {_TOLD} | summarize Tokens = sum(Sum) by {by}, {_SPAN} '
        "| render timechart"
    )


def _attempts(what: str) -> str:
    return f'AppMetrics | where Name == "{ATTEMPT}" {_TOLD} {what}'


CHARTS = (
    ("Tokens by client", _tokens("Client")),
    ("Tokens by account", _tokens("Account")),
    ("Tokens by deployment", _tokens("Deployment")),
    (
        "Refusals (429) by account, most of which no client saw",
        _attempts(
            '| where Status == "429" | summarize Refused = sum(ItemCount) by Account, '
            f"{_SPAN} | render timechart"
        ),
    ),
    (
        "Clients that were answered 429",
        f'AppRequests | where ResultCode == "429" | summarize Refused = sum(ItemCount) by {_SPAN} '
        "| render timechart",
    ),
    (
        "Milliseconds to an account's first byte",
        _attempts(
            f"| summarize Milliseconds = sum(Sum) / sum(ItemCount) by Account, {_SPAN} | render timechart"
        ),
    ),
    (
        "Accounts and deployments",
        _attempts(
            "| summarize Calls = sum(ItemCount), Refused = sumif(ItemCount, Status == '429'), "
            "Failed = sumif(ItemCount, toint(Status) >= 500), Milliseconds = sum(Sum) / sum(ItemCount) "
            "by Account, Deployment | order by Calls desc"
        ),
    ),
)
"""Title and query of each, in their order."""


def workbook(workspace: str) -> Json:
    """The document that Azure keeps as a text, over the workspace with this id."""
    return {
        "version": "Notebook/1.0",
        "items": [_time_range(), *(_chart(workspace, number, *each) for number, each in enumerate(CHARTS))],
        "fallbackResourceIds": [workspace],
        "$schema": "https://github.com/Microsoft/Application-Insights-Workbooks/blob/master/schema/workbook.json",
    }


def _time_range() -> Json:
    parameter = {
        "id": "7b7f9c7a-6f2e-4c60-9b43-3f2b1f0c9a11",
        "version": "KqlParameterItem/1.0",
        "name": "TimeRange",
        "type": 4,
        "isRequired": True,
        "value": {"durationMs": 86_400_000},
        "typeSettings": {
            "selectableValues": [{"durationMs": hours * 3_600_000} for hours in (1, 4, 24, 7 * 24, 30 * 24)]
        },
        "label": "Time range",
    }
    return {
        "type": 9,
        "content": {"version": "KqlParameterItem/1.0", "parameters": [parameter], "style": "pills"},
        "name": "parameters",
    }


def _chart(workspace: str, number: int, title: str, query: str) -> Json:
    return {
        "type": 3,
        "content": {
            "version": "KqlItem/1.0",
            "query": query,
            "size": 0,
            "title": title,
            "timeContextFromParameter": "TimeRange",
            "queryType": 0,
            "resourceType": "microsoft.operationalinsights/workspaces",
            "crossComponentResources": [workspace],
        },
        "customWidth": "100" if "render" not in query else "50",
        "name": f"query {number}",
    }
