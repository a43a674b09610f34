"""The local Azure Resource Manager: subscriptions, roles, Cognitive Services and API Management."""
