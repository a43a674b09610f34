"""What apimlb weighs when it is installed: with what it needs, and what each extra adds.

    .venv/bin/python benchmarks/install_size.py [demo loadtest plot]

It makes environments of their own and installs a wheel of this checkout into them, which takes minutes. Sizes
are those on the disk (du), in MB; pip is left out. The reference is the largest package.
"""

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).parents[1]
_GOAL = 140


def main(extras: Sequence[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        here = Path(folder)
        _run("pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--wheel-dir", here, ROOT)
        (wheel,) = here.glob("*.whl")
        bare = _installed(here / "bare", str(wheel))
        print(f"apimlb and what it needs: {_size(bare)} (goal: {_GOAL} at most)")
        for package in sorted(bare.glob("lib/*/site-packages/*"), key=_size, reverse=True)[:5]:
            print(f"  {package.name:16} {_size(package):4}")
        _run("compileall", "-q", bare)
        print(f"with bytecode of all of it, as pip makes unless told otherwise: {_size(bare)}")
        for extra in extras:
            made = _installed(here / extra, f"{wheel}[{extra}]")
            print(f"with apimlb[{extra}]: {_size(made)}")


def _installed(folder: Path, requirement: str) -> Path:
    _run("venv", "--without-pip", folder)
    python = folder / "bin" / "python"
    options = ["--quiet", "--no-compile", "--disable-pip-version-check"]
    _run("pip", "--python", python, "install", *options, requirement)
    return folder


def _run(module: str, *arguments: object) -> None:
    subprocess.run([sys.executable, "-m", module, *map(str, arguments)], check=module != "compileall")


def _size(place: Path) -> int:
    done = subprocess.run(["du", "-sm", place], stdout=subprocess.PIPE, text=True, check=True)
    return int(done.stdout.split()[0])


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("extras", nargs="*")
    main(parser.parse_args().extras)
