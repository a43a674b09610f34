"""What an error says, a complaint a line."""

from apimlb.errors import ApimlbError


def lines_of(error: ApimlbError) -> list[str]:
    """What happened and where, and what else did."""
    return [str(error), *getattr(error, "__notes__", ())]


def text_of(error: ApimlbError) -> str:
    return "\n".join(lines_of(error))
