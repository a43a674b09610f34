"""Lists of what is in a service, filtered as OData has it."""

import pytest

from apimlb.local.arm.apim.filters import fits
from apimlb.local.arm.errors import ArmError
from tests.unit.local.arm.scene import SERVICE, Scene

ROW = {
    "name": "chat-east",
    "properties": {"displayName": "Bob's and Eve's", "path": "openai", "isCurrent": True},
}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", True),
        ("name eq 'chat-east'", True),
        ("name eq 'CHAT-EAST'", True),
        ("name ne 'chat-east'", False),
        ("properties/displayName eq 'Bob''s and Eve''s'", True),
        ("contains(displayName, 's and e')", True),
        ("substringof('open', path)", True),
        ("startswith(name,'east')", False),
        ("endswith(name,'east') and path eq 'openai'", True),
        ("name eq 'x' or path eq 'openai'", True),
        ("name eq 'x' or path eq 'y'", False),
        ("(isCurrent eq true) and (name gt 'a')", True),
        ("absent eq 'x'", False),
    ],
)
def test_a_row_fits_or_not(text: str, expected: bool) -> None:
    assert fits(text, ROW) is expected


@pytest.mark.parametrize("text", ["name is 'x'", "name eq x", "length(name) eq 3", "name eq 'x' and"])
def test_a_filter_that_does_not_read_is_refused(text: str) -> None:
    with pytest.raises(ArmError, match="does not read"):
        fits(text, ROW)


async def test_a_list_has_what_fits_and_counts_it() -> None:
    scene = Scene()
    await scene.group()
    await scene.service()
    for name in ("one", "two"):
        await scene.put(f"{SERVICE}/tags/{name}", {"properties": {"displayName": name.title()}})
    found = (await scene.get(f"{SERVICE}/tags?$filter=startswith(displayName,'T')")).json
    assert ([row["name"] for row in found["value"]], found["count"]) == (["two"], 1)
