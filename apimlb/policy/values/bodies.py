"""A message body as the types that `Body.As<T>` knows."""

from apimlb.policy.values.exceptions import not_supported


def body_as(type_name: str, content: bytes) -> object:
    """The body as a CLR value; raises `ClrException` when it does not parse or the type is another."""
    if type_name == "System.String":
        return content.decode("utf-8-sig", "replace")
    raise not_supported(f"Body.As<{type_name}>")
