"""A local stack whose accounts are servers that exist already, for a bench of gateways to drive.

    python benchmarks/gateway_candidate.py [--ports 9101,9102,9103] [--gateway-port 4590] [--bench BENCH]

Deploys the default stack (its policy runs about twenty elements for a request) in a folder of its own, with
the ports adopted as its three accounts, prints the gateway's URL and the header that opens it, and serves
until Ctrl-C. With `--bench gateway.py` it runs that bench instead, with itself as the candidate `apimlb`;
what follows `--` goes to the bench:

    python benchmarks/gateway_candidate.py --bench PATH/gateway.py -- --set direct,nginx,portkey
"""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from apimlb.local import process
from apimlb.wall_clock import SystemClock

_ACCOUNT = '[[accounts]]\nlocation = "{region}"\nendpoint = "http://127.0.0.1:{port}"\n'
KEY_HEADER = "Ocp-Apim-Subscription-Key"
"""Not `api-key`: load generators that speak to Azure OpenAI send one of their own."""

_REGIONS = ("eastus2", "swedencentral", "westus3")


def apimlb(folder: Path, *arguments: str) -> Any:
    """What a command of apimlb says on stdout."""
    places = ["--local", "--state", str(folder / "state"), "--config", str(folder / "apimlb.toml")]
    command = [sys.executable, "-m", "apimlb", *arguments, *places]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE)
    return json.loads(done.stdout)


def deploy(folder: Path, ports: list[str], strategy: str) -> tuple[str, str]:
    """The gateway's URL, and the key that opens it."""
    accounts = "".join(
        _ACCOUNT.format(region=region, port=port) for region, port in zip(_REGIONS, ports, strict=True)
    )
    (folder / "apimlb.toml").write_text(f'strategy = "{strategy}"\n{accounts}')
    apimlb(folder, "deploy", "--yes", "--output", "json")
    said = apimlb(folder, "env", "--format", "json")
    return said["AZURE_OPENAI_ENDPOINT"].rstrip("/"), said["AZURE_OPENAI_API_KEY"]


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--ports", default="9101,9102,9103", help="of the backends (default: %(default)s)")
    parser.add_argument("--gateway-port", type=int, default=4590)
    parser.add_argument("--arm-port", type=int, default=4591)
    parser.add_argument("--strategy", choices=["backend-pool", "retry"], default="backend-pool")
    parser.add_argument("--bench", type=Path, help="run this bench instead of waiting")
    parser.add_argument("arguments", nargs="*", help="for the bench")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        azure = folder / "state" / "local"
        process.start(azure, given.gateway_port, given.arm_port)
        try:
            url, key = deploy(folder, given.ports.split(","), given.strategy)
            header = f"{KEY_HEADER}: {key}"
            print(f"--candidate apimlb={url} --header '{header}'", flush=True)
            if given.bench is None:
                while True:
                    SystemClock().pause(3600)
            candidate = ["--candidate", f"apimlb={url}", "--header", header]
            return subprocess.run([sys.executable, str(given.bench), *candidate, *given.arguments]).returncode
        except KeyboardInterrupt:
            return 130
        finally:
            process.stop(azure)


if __name__ == "__main__":
    sys.exit(main())
