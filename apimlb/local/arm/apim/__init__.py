"""Microsoft.ApiManagement: services and what is configured in them."""
