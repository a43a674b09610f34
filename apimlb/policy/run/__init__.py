"""A checked policy and a request: the response."""
