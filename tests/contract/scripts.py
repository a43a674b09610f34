"""How each recording is played: what it does not show but needs, and where an answer may differ, with why."""

from typing import Any

from tests.contract.replay import NOBODY, Script, Step

Json = dict[str, Any]
ROOT = f"/subscriptions/{NOBODY}"
CREDENTIALS = "the credential manager's types, which no deployer of a gateway touches"


def wait(seconds: float) -> Step:
    return Step(seconds=seconds)


def group(name: str, location: str = "westus") -> Step:
    return Step("PUT", f"{ROOT}/resourceGroups/{name}?api-version=2021-04-01", {"location": location})


def service(group: str, name: str, tier: str, location: str, version: str, **properties: Any) -> Step:
    path = f"{ROOT}/resourceGroups/{group}/providers/Microsoft.ApiManagement/service/{name}"
    publisher = {"publisherEmail": "publisher@contoso.com", "publisherName": "Contoso"}
    sku = {"name": tier, "capacity": 0 if tier == "Consumption" else 1}
    body = {"location": location, "sku": sku, "properties": {**publisher, **properties}}
    return Step("PUT", f"{path}?api-version={version}", body)


def child(group: str, service: str, where: str, version: str, /, **properties: Any) -> Step:
    whole = f"{ROOT}/resourceGroups/{group}/providers/Microsoft.ApiManagement/service/{service}/{where}"
    return Step("PUT", f"{whole}?api-version={version}", {"properties": properties})


_CORE = ("cli_test_apim-000001", "cli-test-apim-000003")
_CRUD = ("asotest-rg-nbqudn", "asotest-apimanagementv3-esjrun")
_SETS = (
    f"{ROOT}/resourceGroups/{_CORE[0]}/providers/Microsoft.ApiManagement/service/{_CORE[1]}/apiVersionSets"
)
_OTHER = f"{ROOT}/resourceGroups/other/providers/Microsoft.ApiManagement/service/other"
_SCALE_UNIT = "which scale unit a service of a v2 tier is put on is Azure's choice"
_ADDRESS = "the address of a classic service is Azure's choice"
_VERSION_SET = {
    "displayName": "MyNewVersionSet",
    "versioningScheme": "Query",
    "versionQueryName": "QueryName",
}
_OLD_RULES = "the rules, capabilities and API names of 2022; those of 2025 are cog_aso_deployment 2"
_NO_SKU = "SKUs without a quota of tokens per minute are not offered"
_FOREIGN = "somebody's account of another kind, QnAMaker"

SCRIPTS: dict[str, Script] = {
    "apim_aso_20240501_crud_a": Script(
        before={
            46: (
                group(_CRUD[0], "eastus"),
                service(*_CRUD, "StandardV2", "eastus", "2024-05-01"),
                wait(300),
            ),
            62: (wait(5),),
            67: (
                child(
                    *_CRUD,
                    "apiVersionSets/asotest-vs2-ikpqqp",
                    "2024-05-01",
                    displayName="vs2",
                    description="A version set for the account api",
                    versioningScheme="Segment",
                ),
            ),
        },
        left_out=dict.fromkeys((38, 39, 40, 41, 43, 47, 48, 51, 52, 60, 63, 68), CREDENTIALS),
        excused={r"57 header ETag": "the headers of this exchange were not copied but for Content-Type"},
    ),
    "apim_aso_backend": Script(
        before={10: (wait(200),)},
        excused={r"\d+ /properties/managementApiUrl": _SCALE_UNIT},
    ),
    "apim_cli_api_policy": Script(
        before={
            1: (
                group("cli_test_apim-000001"),
                service("cli_test_apim-000001", "clitest000002", "Consumption", "westus", "2021-08-01"),
                wait(100),
            )
        }
    ),
    "apim_cli_core_service": Script(
        before={
            2: (group(_CORE[0]),),
            3: (wait(3631),),
            "m1": (
                wait(600),
                child(
                    *_CORE,
                    "apiVersionSets/MyVSId",
                    "2019-12-01",
                    displayName="MyVersionSet",
                    versioningScheme="Segment",
                ),
            ),
            "t1": (
                child(
                    *_CORE,
                    "apis/48242ec7f53745de9cbb800757a4204a",
                    "2019-12-01",
                    displayName="Swagger Petstore",
                    serviceUrl="http://petstore.swagger.io/v1",
                    path="test2",
                    protocols=["https"],
                    apiVersion="v1",
                    apiVersionSetId=f"{_SETS}/MyVSId",
                ),
            ),
            "t6": (
                group("other"),
                service("other", "other", "Developer", "westus", "2019-12-01", publisherName="other"),
            ),
            "t7": (
                child(
                    *_CORE,
                    "namedValues/az-nv000006",
                    "2019-12-01",
                    displayName="nv-name000005",
                    value="testvalue123",
                    secret=True,
                ),
                wait(5),
            ),
            "t8": (wait(5),),
            "t17": (wait(120),),
        },
        bodies={"m1": {"properties": _VERSION_SET}},
        excused={
            r"t(6|15) .*/publicIPAddresses": _ADDRESS,
        },
    ),
    "apim_cli_deletedservice": Script(
        before={
            4: (wait(60),),
            8: (wait(120),),
            16: (wait(15),),
            17: (
                group("other"),
                service("other", "other", "Consumption", "eastus2", "2021-08-01"),
                wait(61),
                Step("DELETE", f"{_OTHER}?api-version=2021-08-01"),
                wait(121),
            ),
            20: (wait(60),),
        },
        here={"eastus2euap": "eastus2", "East US 2 EUAP": "East US 2"},
        excused={
            r"[78] header Retry-After": "sent since 2025 at the latest: rbac_aso_role_assignment 13",
        },
    ),
    "apim_cli_subscription": Script(
        before={
            1: (
                group("cli_test_apim-000002"),
                service(
                    "cli_test_apim-000002",
                    "clitest000003",
                    "Consumption",
                    "westus",
                    "2019-12-01",
                    publisherEmail="publisher@contsoso.com",
                    notificationSenderEmail="publisher@contsoso.com",
                ),
                wait(61),
            )
        }
    ),
    "cog_aso_deployment": Script(before={6: (wait(60),)}),
    "cog_cli_list_models": Script(
        excused={
            r"1 /value\[OpenAI\.(dall-e-3|whisper|gpt-35-turbo\.0301)": "no models for a gateway, or gone",
            r"1 .*/skus: ": _NO_SKU,
            r"1 .*/skus\[0\]: keys": "costs, the meters of the price list, are not in the catalogue",
        }
    ),
    "cog_cli_list_usages": Script(
        excused={
            r"1 .*/currentValue": "what is in use differs from cloud to cloud",
            r"1 /value\[(AIServices|OpenAI\.(FineTuned|LowPriority|\w+Batch))": _NO_SKU,
            r"1 /value\[OpenAI\.\w+ProvisionedManaged\]/limit": "a subscription is given it: none there",
            r"1 /value\[OpenAI\.Standard\.whisper": "no model for a chat gateway",
        }
    ),
    "cog_cli_model": Script(
        before={1: (group("clitest.rg000001"),)},
        here={"westus2": "westus"},
        excused={
            r"1 /properties/(callRateLimit/rules|capabilities|endpoints)\b": _OLD_RULES,
            r"1 /properties: keys": "backupUpperLimit was seen in 2022 alone",
        },
    ),
    "cog_cli_softdelete": Script(
        before={
            1: (group("clitest.rg000001"),),
            2: (wait(60),),
            11: (wait(60),),
            12: (
                group("clitest.rgother"),
                Step(
                    "PUT",
                    f"{ROOT}/resourceGroups/clitest.rgother/providers/Microsoft.CognitiveServices"
                    "/accounts/cs_cli_test_gftx?api-version=2021-10-01",
                    {"location": "westus", "kind": "OpenAI", "sku": {"name": "S0"}},
                ),
                wait(60),
                Step(
                    "DELETE",
                    f"{ROOT}/resourceGroups/clitest.rgother/providers/Microsoft.CognitiveServices"
                    "/accounts/cs_cli_test_gftx?api-version=2021-10-01",
                ),
            ),
        },
        here={
            "FormRecognizer": "OpenAI",
            "centraluseuap": "eastus",
            "csclitest000003.cognitiveservices": "csclitest000003.openai",
        },
        excused={
            r"\d+ /properties/(callRateLimit/rules|capabilities|endpoints)\b": _OLD_RULES,
            r"12 /value\[cs_cli_test_gftx\]/(kind|properties)": _FOREIGN,
        },
    ),
    "rbac_aso_role_assignment": Script(
        before={6: (wait(30),)},
        excused={
            r"5 /value": "of Azure's several hundred roles the local one has those that a gateway needs"
        },
    ),
}
