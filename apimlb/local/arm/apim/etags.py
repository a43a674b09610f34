"""API Management's entity tags."""

import base64

from apimlb.local.arm.call import Azure


def apim_etag(azure: Azure) -> str:
    """Base64 of eight bytes, a database's row version: "AAAAASDKwl0=" (recorded: apim_aso_backend 10)."""
    return base64.b64encode((1 << 32 | azure.rng.getrandbits(32)).to_bytes(8, "big")).decode()


def fragment_etag(azure: Azure) -> str:
    """The same with its bytes the other way round (recorded: apim_aso_20240501_crud_a 64)."""
    return base64.b64encode((1 << 32 | azure.rng.getrandbits(32)).to_bytes(8, "little")).decode()
