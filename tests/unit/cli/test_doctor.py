"""`doctor` goes through what commands need and says what mends each thing, without network or login."""

from pathlib import Path

import pytest

from apimlb.cli.doctor import Health, examine
from apimlb.cli.options import Common


def healths(said: Common) -> dict[str, Health]:
    return {finding.check: finding.health for finding in examine(said)}


def test_a_folder_without_anything(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    findings = examine(Common(local=True))
    assert [finding.number for finding in findings] == [*range(1, len(findings) + 1)]
    found = {finding.check: finding for finding in findings}
    assert found["stack file"].health is Health.ADVICE
    assert "apimlb init" in found["stack file"].mend
    assert found["local Azure"].health is Health.FAILED
    assert "apimlb local up" in found["local Azure"].mend
    assert found["stack"].health is Health.SKIPPED
    assert not list(tmp_path.iterdir())


def test_a_wrong_file_stops_what_hangs_on_it(tmp_path: Path) -> None:
    file = tmp_path / "apimlb.toml"
    file.write_text("teir = 'Basic'\n")
    found = healths(Common(local=True, config=str(file), state=str(tmp_path)))
    assert found["stack file"] is Health.FAILED
    assert found["policies"] is Health.SKIPPED
    assert found["state folder"] is Health.OK


def test_all_that_is_wrong_with_a_file_is_told(tmp_path: Path) -> None:
    file = tmp_path / "apimlb.toml"
    file.write_text("teir = 'Basic'\nstreams = 'yes'\n")
    findings = examine(Common(local=True, config=str(file), state=str(tmp_path)))
    (told,) = [finding.found for finding in findings if finding.check == "stack file"]
    assert "Did you mean tier?" in told
    assert 'not "yes"' in told


@pytest.mark.skipif(not Path("/proc/self").is_dir(), reason="this system has no /proc")
def test_a_folder_in_which_nothing_can_be_made_is_found_out() -> None:
    findings = examine(Common(local=True, state="/proc/x"))
    (found,) = [finding for finding in findings if finding.check == "state folder"]
    assert found.health is Health.FAILED
    assert found.found.startswith("/proc/x cannot be written to: ")


def test_everything_that_is_wrong_has_a_mend(tmp_path: Path) -> None:
    file = tmp_path / "apimlb.toml"
    file.write_text("tier = 'Basc'\n")
    (tmp_path / "state").write_text("a file in the way")
    for finding in examine(Common(local=True, config=str(file), state=str(tmp_path / "state"))):
        assert bool(finding.mend) == (finding.health in (Health.FAILED, Health.ADVICE)), finding
