"""What API Management adds to .NET: the `context` variable, its members and its extension methods."""
