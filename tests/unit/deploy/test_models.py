"""Lists of models are asked for once a day."""

from pathlib import Path

import pytest

from apimlb.deploy.models import LASTS, Models
from tests.clouds import FakeCloud
from tests.fakes import ManualClock
from tests.stacks import SUBSCRIPTION


class Counting(FakeCloud):
    def __init__(self) -> None:
        super().__init__()
        self.listed: list[str] = []

    def models(self, location: str) -> list[dict[str, object]]:
        self.listed.append(location)
        return [{"kind": "OpenAI", "model": {"name": location}}, {"kind": "AIServices"}]


def models(cloud: FakeCloud, clock: ManualClock, folder: Path, subscription: str = SUBSCRIPTION) -> Models:
    return Models(cloud, clock, folder, subscription)


def test_what_was_listed_within_a_day_is_not_asked_for_again(tmp_path: Path) -> None:
    cloud, clock = Counting(), ManualClock()
    first = models(cloud, clock, tmp_path).kept("eastus2")
    clock.advance(LASTS - 1)
    assert (
        models(cloud, clock, tmp_path).kept("eastus2")
        == first
        == [{"kind": "OpenAI", "model": {"name": "eastus2"}}]
    )
    assert cloud.listed == ["eastus2"]
    clock.advance(1)
    models(cloud, clock, tmp_path).kept("eastus2")
    assert cloud.listed == ["eastus2", "eastus2"]


def test_another_region_subscription_or_a_change_asks_anew(tmp_path: Path) -> None:
    cloud, clock = Counting(), ManualClock()
    models(cloud, clock, tmp_path).kept("eastus2")
    models(cloud, clock, tmp_path).kept("westus3")
    models(cloud, clock, tmp_path, "another").kept("westus3")
    models(cloud, clock, tmp_path, "another").fresh("westus3")
    assert cloud.listed == ["eastus2", "westus3", "westus3", "westus3"]


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"at": 1800000000, "subscr', '{"at": null}'])
def test_a_file_that_is_not_whole_is_no_reason_to_fail(tmp_path: Path, text: str) -> None:
    (tmp_path / "eastus2.json").write_text(text)
    cloud = Counting()
    assert models(cloud, ManualClock(), tmp_path).kept("eastus2")
    assert cloud.listed == ["eastus2"]


def test_nor_is_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    cloud = Counting()
    assert models(cloud, ManualClock(), tmp_path / "file").kept("eastus2")
