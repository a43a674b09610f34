"""The `context` variable and what API Management adds."""
