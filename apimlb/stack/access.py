"""Who gets in: the resources that the policy's check of a client rests on.

A key belongs to a subscription of the stack's product. The policy asks `KEYS_API` about it, an API that does
nothing but require a key, so that APIM itself decides: an active subscription's key opens it, any other gets
401. The answer does not depend on what APIM makes of a key on an API that requires none, which documents
describe in three ways. The balancing API is in the product too, because under one of them it refuses a key of
a product that it is not in.

A token is admitted when its application, its owner or a group that it names is among the clients
(`apimlb.stack.clients`). How much it may use is its tier's to say (`apimlb.stack.tiers`).
"""

from apimlb.stack.apis import operation_id, small_api, title_of
from apimlb.stack.clients import in_shards
from apimlb.stack.names import API, BARE_API, IDENTITY, Names
from apimlb.stack.resources import Json, Output, Resource
from apimlb.stack.tiers import listed_tiers, tier_value, written

PRODUCT = "apimlb"
KEYS_API = "apimlb-keys"
SUBSCRIPTION = "apimlb-default"
TENANT_ID = "apimlb-tenant-id"
GATEWAY = "apimlb-gateway"


def product_id(names: Names) -> str:
    return names.child("products", PRODUCT)


def subscription_id(names: Names) -> str:
    """The subscription that a deploy makes; its key is what `apimlb env` prints."""
    return names.child("subscriptions", SUBSCRIPTION)


def named_value_id(names: Names, name: str) -> str:
    """The id of the named value that is usually called so."""
    return names.child("namedValues", name)


def identity_needs(names: Names) -> frozenset[str]:
    """The ids of what a policy asks to call an account as the gateway's identity; a system-assigned one has
    no client id that a policy could name."""
    return frozenset() if names.is_system_assigned else frozenset({named_value_id(names, IDENTITY)})


def policy_needs(names: Names) -> frozenset[str]:
    """The ids of what the balancing API's policy asks when a client comes."""
    tiers = map(tier_value, listed_tiers(names.stack))
    values = (TENANT_ID, GATEWAY, *in_shards(names.stack.clients or ()), *tiers)
    return frozenset(
        {operation_id(names, KEYS_API), f"{product_id(names)}/apis/{names.inside(KEYS_API)}"}
        | {named_value_id(names, value) for value in values}
        | identity_needs(names)
    )


def access(names: Names, policy: str) -> tuple[Resource, ...]:
    """All of it; `policy` is that of the API of the keys."""
    apis = (KEYS_API, API, *((BARE_API,) if names.stack.bare_host else ()))
    return (
        _product(names),
        *small_api(names, KEYS_API, title_of(names, "Keys of the stack"), "/", policy),
        *(membership(names, api) for api in apis),
        *_named_values(names),
        _subscription(names),
    )


def _product(names: Names) -> Resource:
    """Without groups but the administrators', so that the developer portal offers it to nobody."""
    return Resource(
        product_id(names),
        "Microsoft.ApiManagement/service/products",
        {
            "properties": {
                "displayName": names.inside(PRODUCT),
                "description": "Keys of this product call the balanced Azure OpenAI API.",
                "subscriptionRequired": True,
                "approvalRequired": False,
                "state": "published",
            }
        },
        f"product {names.inside(PRODUCT)}",
        needs=frozenset({names.service_id}),
    )


def membership(names: Names, api: str) -> Resource:
    """That the stack's product holds the API that is usually called so."""
    id, api = names.child("apis", api), names.inside(api)
    return Resource(
        f"{product_id(names)}/apis/{api}",
        "Microsoft.ApiManagement/service/products/apis",
        {},
        f"{api} in the product",
        needs=frozenset({product_id(names), id}),
        exclusive=id,
    )


def _named_values(names: Names) -> tuple[Resource, ...]:
    """The identity is in the subscription's tenant. A configuration that names no clients leaves those that
    `apimlb clients` wrote; none names those of a tier."""
    kept = frozenset({"properties.value"}) if names.stack.clients is None else frozenset[str]()
    client = () if names.is_system_assigned else (_client_id(names),)
    return (
        *client,
        named_value(names, TENANT_ID, names.tenant, needs=names.identity_id),
        named_value(
            names, GATEWAY, Output(names.service_id, "properties.gatewayUrl"), needs=names.service_id
        ),
        *(
            named_value(names, name, value, create_only=kept)
            for name, value in in_shards(names.stack.clients or ()).items()
        ),
        *(
            named_value(names, tier_value(tier), written(()), create_only=frozenset({"properties.value"}))
            for tier in listed_tiers(names.stack)
        ),
    )


def _client_id(names: Names) -> Resource:
    return named_value(
        names, IDENTITY, Output(names.identity_id, "properties.clientId"), needs=names.identity_id
    )


def named_value(
    names: Names, name: str, value: object, needs: str = "", create_only: frozenset[str] = frozenset()
) -> Resource:
    return Resource(
        named_value_id(names, name),
        "Microsoft.ApiManagement/service/namedValues",
        named_value_body(names.inside(name), value),
        f"named value {names.inside(name)}",
        needs=frozenset({names.service_id, needs} - {""}),
        create_only=create_only,
    )


def named_value_body(name: str, value: object) -> Json:
    """What is sent of the named value that is called so."""
    return {"properties": {"displayName": name, "value": value, "secret": False}}


def _subscription(names: Names) -> Resource:
    """Its state is the owner's: a deploy never activates what somebody suspended."""
    return Resource(
        subscription_id(names),
        "Microsoft.ApiManagement/service/subscriptions",
        subscription(names, names.inside(SUBSCRIPTION)),
        "subscription key",
        needs=frozenset({names.service_id, product_id(names)}),
        create_only=frozenset({"properties.state"}),
    )


def subscription(names: Names, label: str) -> Json:
    """The body of an active subscription to the stack's product."""
    return {"properties": {"displayName": label, "scope": product_id(names), "state": "active"}}
