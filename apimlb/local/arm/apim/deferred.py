"""Named values and policy fragments: their PUT answers with a stub and an operation.

What is stored is there at once; only the answer says otherwise. Recorded: apim_aso_20240501_crud_a 59-64
(2024-05-01), apim_cli_core_service t7-t8 (before).
"""

from apimlb.local.arm.apim.children import Child
from apimlb.local.arm.call import Azure, Call, Reply
from apimlb.local.arm.operations import Effect, Operation
from apimlb.local.store import Document

SECONDS = 2.0


def answer(call: Call, child: Child, document: Document, new: bool) -> Reply:
    """The answer to a PUT or PATCH: a stub since 2024-05-01, 202 and nothing before."""
    azure, code = call.azure, 201 if new else 200
    token = azure.hex(24)
    azure.operations.start("settle", document.id, azure.settings.seconds(SECONDS), token)
    service = document.id.rsplit("/", 2)[0]
    location = ("Location", call.url(document.id, asyncId=token, asyncCode=str(code)))
    if call.api_version < "2024-05-01":
        return Reply(202, None, [location])
    operation = ("Azure-AsyncOperation", call.url(f"{service}/tenant/operationResults/{token}"))
    if call.request.method == "PATCH":
        return Reply(202, None, [operation, location])
    stub = {**document.body, "properties": {"ProvisioningState": "InProgress"}}
    return Reply(code, stub, [operation, location], indented=True)


def deleted(call: Call, document: Document) -> Reply:
    """The answer to the delete of an API: an operation since 2024-05-01 (Microsoft's description of that
    version knows no other), 200 before (recorded: apim_cli_core_service t2)."""
    if call.api_version < "2024-05-01":
        return Reply(200)
    azure = call.azure
    token = azure.hex(24)
    azure.operations.start("settle", document.id, azure.settings.seconds(SECONDS), token)
    service = document.id.rsplit("/", 2)[0]
    operation = call.url(f"{service}/tenant/operationResults/{token}")
    location = call.url(document.id, asyncId=token, asyncCode="204")
    return Reply(202, None, [("Azure-AsyncOperation", operation), ("Location", location)])


def poll(child: Child, call: Call) -> Reply:
    """A GET with asyncId: the code that was promised once the operation is done, 202 until then."""
    operation = call.azure.operations.find(call.query["asyncid"])
    if operation is not None and not operation.done:
        return Reply(202, None, [("Location", call.url(call.id, **_async(call)))])
    if operation is not None and operation.error:
        return Reply(400, {"error": operation.error})
    document = call.document()
    if document is None:
        return Reply(204)
    code = 201 if call.query.get("asynccode") == "201" else 200
    return Reply(code, child.shown(call, document), etag=document.etag, indented=True)


def _async(call: Call) -> dict[str, str]:
    return {"asyncId": call.query["asyncid"], "asyncCode": call.query.get("asynccode", "200")}


def settle(azure: Azure, operation: Operation) -> None:
    """Nothing is left to do: the document was written with the request."""


EFFECTS: dict[str, Effect] = {"settle": settle}
