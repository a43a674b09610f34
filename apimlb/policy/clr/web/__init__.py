"""Uri, WebUtility and IPAddress."""
