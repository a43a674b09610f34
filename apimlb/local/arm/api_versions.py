"""The api-versions of each type, and the refusal of any other."""

from apimlb.local.arm.call import Call
from apimlb.local.arm.errors import GATEWAY, ArmError

# Of these all that Microsoft has described since 2016 (the folders of Azure/bicep-types-az, September 2026),
# the newest first.
_ALL = {
    "Microsoft.ApiManagement": (
        "2025-09-01-preview",
        "2025-03-01-preview",
        "2024-10-01-preview",
        "2024-06-01-preview",
        "2024-05-01",
        "2023-09-01-preview",
        "2023-05-01-preview",
        "2023-03-01-preview",
        "2022-09-01-preview",
        "2022-08-01",
        "2022-04-01-preview",
        "2021-12-01-preview",
        "2021-08-01",
        "2021-04-01-preview",
        "2021-01-01-preview",
        "2020-12-01",
        "2020-06-01-preview",
        "2019-12-01-preview",
        "2019-12-01",
        "2019-01-01",
        "2018-06-01-preview",
        "2018-01-01",
        "2017-03-01",
        "2016-10-10",
        "2016-07-07",
    ),
    "Microsoft.CognitiveServices": (
        "2026-09-01",
        "2026-07-15-preview",
        "2026-07-01",
        "2026-05-15-preview",
        "2026-05-01",
        "2026-03-15-preview",
        "2026-03-01",
        "2026-01-15-preview",
        "2025-12-01",
        "2025-10-01-preview",
        "2025-09-01",
        "2025-07-01-preview",
        "2025-06-01",
        "2025-04-01-preview",
        "2024-10-01",
        "2024-06-01-preview",
        "2024-04-01-preview",
        "2023-10-01-preview",
        "2023-05-01",
        "2022-12-01",
        "2022-10-01",
        "2022-03-01",
        "2021-10-01",
        "2021-04-30",
        "2017-04-18",
        "2016-02-01-preview",
    ),
}
# Of these the ones that clients in use ask for, and the provider's first: others in between pass.
_SOME = {
    "Microsoft.AlertsManagement": ("2021-04-01", "2019-06-01", "2019-03-01"),
    "Microsoft.Authorization": ("2022-04-01", "2020-04-01-preview", "2018-09-01-preview"),
    "Microsoft.Insights": ("2020-02-02", "2015-05-01"),
    "Microsoft.ManagedIdentity": ("2024-11-30", "2023-01-31", "2018-11-30"),
    "Microsoft.OperationalInsights": ("2025-07-01", "2023-09-01", "2020-08-01"),
    "Microsoft.PolicyInsights": ("2022-03-01",),
    "Microsoft.Resources": ("2025-04-01", "2024-11-01", "2022-12-01", "2021-04-01", "2020-06-01"),
}
# The first of each provider and so of its types, but for those below: Azure's own refusals list those of role
# assignments and definitions (azure-sdk-for-java 28334) and of workspaces (azure-sdk-for-net 35152); of the
# others it is the oldest folder of Azure/bicep-types-az that has a type which is here.
_FIRST = {
    "Microsoft.AlertsManagement": "2019-03-01",
    "Microsoft.Authorization": "2014-04-01",
    "Microsoft.Insights": "2014-04-01",
    "Microsoft.ManagedIdentity": "2015-08-31",
    "Microsoft.OperationalInsights": "2015-03-20",
    "Microsoft.PolicyInsights": "2020-07-01",
}
# What a type of a provider has of its own.
_OF_TYPE = {
    "diagnosticsettings": ("2021-05-01-preview", "2016-09-01"),
    "locks": ("2020-05-01", "2017-04-01", "2016-09-01"),
    "scheduledqueryrules": ("2023-12-01", "2022-06-15", "2021-08-01", "2018-04-16"),
    "workbooks": ("2023-06-01", "2022-04-01", "2021-03-08"),
}
# Types that came later than their provider (Microsoft Learn, API version change logs of templates).
_SINCE = {
    "accounts/deployments": "2021-10-01",
    "service/namedvalues": "2019-12-01",
    "service/policyfragments": "2021-12-01",
    "userassignedidentities/federatedidentitycredentials": "2022-01-31",
}
# What may stand after a provider's name and belongs to Microsoft.Resources.
_REGISTRATION = ("", "register", "unregister")


def versions(namespace: str, kind: str) -> tuple[str, ...]:
    """The api-versions of a type ("accounts/deployments"), the newest first; Azure spells `namespace` so."""
    own = _OF_TYPE.get(kind.lower())
    if own:
        return own
    since = _SINCE.get(kind.lower(), "")
    return tuple(each for each in _ALL.get(namespace) or _SOME[namespace] if each >= since)


def require_version(call: Call) -> None:
    """Raise NoRegisteredProviderFound for an api-version that the type does not have.

    What is newer than all that are listed here passes once its day has come. The words are those that users
    report.
    """
    _, marker, tail = call.id.rpartition("/providers/")
    namespace, _, rest = tail.partition("/")
    today = call.azure.time()[:10]
    if not marker or rest.lower() in _REGISTRATION:
        _require_born(call, today)
        return
    names = (*_ALL, *_FIRST)
    name = next((known for known in names if known.lower() == namespace.lower()), None)
    kind = "/".join(rest.split("/")[::2])
    if name is None or _has(name, kind, call.api_version, today):
        return
    listed = ", ".join(sorted(versions(name, kind)))
    raise ArmError(
        400,
        "NoRegisteredProviderFound",
        f"No registered resource provider found for location '' and API version '{call.api_version}' for "
        f"type '{kind}'. The supported api-versions are '{listed}'.",
        headers=GATEWAY,
    )


def _has(namespace: str, kind: str, version: str, today: str) -> bool:
    listed = versions(namespace, kind)
    if version in listed:
        return True
    first = max(_FIRST.get(namespace, listed[0]), _SINCE.get(kind.lower(), ""))
    return first <= version and version[:10] <= today


def _require_born(call: Call, today: str) -> None:
    listed = _SOME["Microsoft.Resources"]
    if call.api_version in listed or call.api_version[:10] <= today:
        return
    text = f"The api-version '{call.api_version}' is invalid. The supported versions are "
    known = "', '".join(sorted(listed))
    raise ArmError(400, "InvalidApiVersionParameter", f"{text}'{known}'.", headers=GATEWAY)
