"""Uri, WebUtility, IPAddress."""
