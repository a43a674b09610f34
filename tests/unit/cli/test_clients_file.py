"""A list of clients in apimlb.toml is changed where it stands; what else the file says stays."""

import tomllib
from pathlib import Path

import pytest

from apimlb.cli.clients_file import change_clients

OLD, OTHER, NEW = (f"0a0a0a0a-0000-4000-8000-00000000000{digit}" for digit in "123")

BEFORE = '# the stack\nname = "mine"\n'
BEHIND = '[[accounts]]\nlocation = "eastus2" # near\n'
LAYOUTS = {
    "one line": f'clients = ["{OLD}", "{OTHER}"] # who may call\n',
    "a line each": f'clients = [\n  "{OLD}",\n  "{OTHER}",\n]\n',
    "comments": f'clients = [ "{OLD}", # the chat app\n  # ours\n  "{OTHER}" # the batch job\n]\n',
    "upper case": f'clients = ["{OLD.upper()}", "{OTHER}"]\n',
}


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("wanted", [[OLD, OTHER, NEW], [OTHER], [], [OTHER, NEW]])
def test_the_file_says_what_was_wanted_and_everything_else_stays(
    tmp_path: Path, layout: str, wanted: list[str]
) -> None:
    file = tmp_path / "apimlb.toml"
    file.write_text(
        f'# the stack\nname = "mine"\n{LAYOUTS[layout]}\n[[accounts]]\nlocation = "eastus2" # near\n'
    )
    assert change_clients(file, wanted) is True
    said = tomllib.loads(file.read_text())
    assert [id.lower() for id in said.pop("clients")] == wanted
    assert said == {"name": "mine", "accounts": [{"location": "eastus2"}]}
    assert file.read_text().startswith(BEFORE)
    assert file.read_text().endswith(BEHIND)


def test_the_file_behind_a_link_is_changed_and_keeps_who_may_read_it(tmp_path: Path) -> None:
    kept, link = tmp_path / "kept.toml", tmp_path / "apimlb.toml"
    kept.write_text(f'clients = ["{OLD}"]\n')
    kept.chmod(0o640)
    link.symlink_to(kept)
    assert change_clients(link, [NEW]) is True
    assert tomllib.loads(kept.read_text()) == {"clients": [NEW]}
    assert link.is_symlink()
    assert kept.stat().st_mode & 0o777 == 0o640


def test_a_file_without_a_list_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "apimlb.toml"
    assert change_clients(file, [NEW]) is False
    assert not file.exists()
    file.write_text('name = "mine"\n')
    assert change_clients(file, [NEW]) is False
    assert file.read_text() == 'name = "mine"\n'
