from pathlib import Path

from apimlb.cli.capacity_file import capacities_in, change_capacity

TEXT = """\
# ours
name = "apimlb"

[deployments.chat]
model = "gpt-5.1"   # keep
capacity = 30

[deployments.embedding]
model = "text-embedding-3-small"
"""


def test_only_what_the_file_sets_is_changed_and_comments_stay(tmp_path: Path) -> None:
    file = tmp_path / "apimlb.toml"
    file.write_text(TEXT)
    assert capacities_in(file) == ["chat"]
    assert change_capacity(file, 50) == ["chat"]
    assert file.read_text() == TEXT.replace("capacity = 30", "capacity = 50")


def test_another_deployment_is_none_of_its_business(tmp_path: Path) -> None:
    file = tmp_path / "apimlb.toml"
    file.write_text(TEXT)
    assert change_capacity(file, 50, "embedding") == []
    assert file.read_text() == TEXT


def test_without_a_file_there_is_nothing_to_change(tmp_path: Path) -> None:
    assert change_capacity(tmp_path / "apimlb.toml", 50) == []
    assert not (tmp_path / "apimlb.toml").exists()


def test_an_accounts_own_capacity_is_changed_too(tmp_path: Path) -> None:
    file = tmp_path / "apimlb.toml"
    file.write_text(
        '[[accounts]]\nlocation = "eastus2"\ncapacity = { chat = 60, embedding = 5 } # mine\n'
        '[deployments.chat]\nmodel = "m"\nversion = "1"\n'
    )
    assert capacities_in(file, "chat") == ["chat"]
    assert change_capacity(file, 70, "chat") == ["chat"]
    assert "capacity = { chat = 70, embedding = 5 } # mine" in file.read_text()
    assert change_capacity(file, 70, "chat") == []
