"""The end of a resource group: what can be restored is soft-deleted, the rest is gone."""

from apimlb.local.arm import workspaces
from apimlb.local.arm.apim import deleted_services
from apimlb.local.arm.call import Azure
from apimlb.local.arm.cognitive import deleted_accounts
from apimlb.local.arm.operations import Effect, Operation
from apimlb.local.arm.retention import uproot


def end_delete_group(azure: Azure, operation: Operation) -> None:
    """Recorded: apim_cli_deletedservice 7, 17."""
    for account in azure.store.children(operation.target, deleted_accounts.ACCOUNT):
        deleted_accounts.soft_delete(azure, account)
    for service in azure.store.children(operation.target, deleted_services.SERVICE):
        deleted_services.soft_delete(azure, service, operation.started)
    for workspace in azure.store.children(operation.target, workspaces.KIND):
        workspaces.soft_delete(azure, workspace)
    uproot(azure.store, operation.target)


EFFECTS: dict[str, Effect] = {"delete-group": end_delete_group}
