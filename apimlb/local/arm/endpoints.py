"""`/metadata/endpoints`, where a client learns the addresses of a cloud. It needs no token.

Shape: what https://management.azure.com/metadata/endpoints answers anybody: since 2022-09-01 the cloud,
which is what the Azure CLI asks for; before that all clouds in a list, before 2019-05-01 fewer names.
"""

from urllib.parse import urlsplit

from apimlb.http import Request
from apimlb.local.arm.call import Reply
from apimlb.local.store import Json

PATH = "/metadata/endpoints"


def endpoints(request: Request) -> Reply:
    """The local cloud: its Resource Manager and its Entra are where the request came to."""
    parts = urlsplit(request.url)
    here = f"{parts.scheme}://{parts.netloc}"
    version = request.query.get("api-version", "")
    if version < "2019-05-01":
        return Reply(200, _before(here))
    return Reply(200, _cloud(here) if version >= "2022-09-01" else [_cloud(here)])


def _cloud(here: str) -> Json:
    return {
        "portal": "https://portal.azure.com",
        "authentication": {
            "loginEndpoint": here,
            "audiences": ["https://management.core.windows.net/", "https://management.azure.com/", here],
            "tenant": "common",
            "identityProvider": "AAD",
        },
        "graphAudience": here,
        "graph": here,
        "name": "LocalAzure",
        "suffixes": {
            "apimGatewayHostname": "azure-api.net",
            "cognitiveServices": "cognitiveservices.azure.com",
        },
        "resourceManager": here,
        "microsoftGraphResourceId": here,
    }


def _before(here: str) -> Json:
    audiences = ["https://management.core.windows.net/", "https://management.azure.com/", here]
    return {
        "galleryEndpoint": here,
        "graphEndpoint": here,
        "portalEndpoint": "https://portal.azure.com",
        "authentication": {"loginEndpoint": here, "audiences": audiences},
    }
