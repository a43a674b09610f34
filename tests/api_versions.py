"""The api-version that a test asks with when it has no reason for another."""

_USUAL = {
    "microsoft.apimanagement": "2024-05-01",
    "microsoft.cognitiveservices": "2025-09-01",
    "microsoft.managedidentity": "2024-11-30",
    "microsoft.authorization": "2022-04-01",
    "microsoft.insights": "2020-02-02",
    "microsoft.operationalinsights": "2025-07-01",
}


def usual_version(path: str) -> str:
    """That of the path's last provider; what has none is Microsoft.Resources'."""
    namespace = path.lower().rpartition("/providers/")[2].split("/")[0]
    return _USUAL.get(namespace, "2025-04-01")
