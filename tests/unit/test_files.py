import errno
import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from apimlb.errors import ConfigError, ConflictError, from_system
from apimlb.files import make_folder, replace_file


def test_what_is_made_is_kept_out_of_version_control_from_the_top(tmp_path: Path) -> None:
    make_folder(tmp_path / ".apimlb" / "local" / "stacks" / "s")
    ignored = {str(each.parent.relative_to(tmp_path)) for each in tmp_path.rglob(".gitignore")}
    assert ignored == {".apimlb", ".apimlb/local/stacks/s"}
    assert not (tmp_path / ".gitignore").exists()


def test_the_folder_of_an_older_version_is_kept_out_now(tmp_path: Path) -> None:
    (tmp_path / ".apimlb" / "local").mkdir(parents=True)
    make_folder(tmp_path / ".apimlb" / "local")
    assert (tmp_path / ".apimlb" / ".gitignore").read_text() == "*\n"


def test_a_users_own_rules_stay(tmp_path: Path) -> None:
    (tmp_path / ".gitignore").write_text("theirs")
    make_folder(tmp_path)
    assert (tmp_path / ".gitignore").read_text() == "theirs"


def test_a_file_is_replaced_whole_or_not_at_all(tmp_path: Path) -> None:
    file = tmp_path / "key"
    replace_file(file, b"one")
    assert (file.read_bytes(), stat.S_IMODE(file.stat().st_mode)) == (b"one", 0o600)
    (tmp_path / "key.new").mkdir()
    with pytest.raises(OSError, match=r"key\.new"):
        replace_file(file, b"two")
    assert file.read_bytes() == b"one"


def test_what_is_no_file_of_the_disk_gets_the_data_and_stays_what_it_is(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with ThreadPoolExecutor() as pool:
        read = pool.submit(pipe.read_bytes)
        replace_file(pipe, b"one")
        assert read.result() == b"one"
    assert pipe.is_fifo()


@pytest.mark.parametrize("name", [".", "..", "folder", "folder/.."])
def test_a_folder_is_no_file_to_replace(tmp_path: Path, name: str) -> None:
    (tmp_path / "folder").mkdir()
    for path in (tmp_path / name, Path(name)) if name.startswith(".") else (tmp_path / name,):
        with pytest.raises(IsADirectoryError):
            replace_file(path, b"x")


def test_a_folder_that_is_missing_is_named_and_not_the_draft(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError) as told:
        replace_file(tmp_path / "nowhere" / "plan.json", b"x")
    assert told.value.filename == str(tmp_path / "nowhere")


def test_a_full_disk_says_that_room_is_missing() -> None:
    told = from_system(OSError(errno.ENOSPC, "No space left on device"))
    assert told is not None
    assert told.why == "What is written needs more room."


def test_what_the_system_refuses_says_where_and_what_next() -> None:
    told = from_system(PermissionError(errno.EACCES, "Permission denied", "here"))
    assert isinstance(told, ConfigError)
    assert (told.what, told.where, bool(told.next_step)) == ("Permission denied.", "here", True)
    assert isinstance(from_system(OSError(errno.ENOSPC, "No space left on device")), ConflictError)
    assert from_system(OSError("something else")) is None
