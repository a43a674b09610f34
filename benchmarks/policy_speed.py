"""How fast expressions compile and run.

    python benchmarks/policy_speed.py POLICY.xml

POLICY.xml is a policy file, such as apim-policy.xml of andredewes/apim-aoai-smart-loadbalancing: its
expressions are compiled, and the longest one that returns a backend's index out of `listBackends` is run on
eight backends.
"""

import argparse
import gc
import sys
import timeit
from pathlib import Path
from typing import Any

from apimlb.policy.csharp.expression import compile_fresh, library
from apimlb.policy.rehearse.cases import context_of
from benchmarks.policy_corpus import expressions

_TARGET_RUN = 10.0
_TARGET_COMPILE = 20.0


def backends() -> list[dict[str, Any]]:
    """Eight backends of four priorities; those of the first two are throttled."""
    priorities = (1, 1, 1, 2, 3, 3, 3, 4)
    return [
        {
            "url": f"https://backend-{i}.openai.azure.com/", "priority": priority,
            "isThrottling": priority < 3,
            "retryAfter": "0001-01-01T00:00:00",
        }
        for i, priority in enumerate(priorities)
    ]  # fmt: skip


def best(call: Any, number: int, rounds: int = 7) -> float:
    """Seconds for one call, in the best of several rounds."""
    return min(timeit.repeat(call, number=number, repeat=rounds)) / number


def selection(texts: list[str]) -> str:
    """The expression that picks a backend."""
    found = [text for text in texts if "listBackends" in text and "Random" in text]
    if not found:
        sys.exit("the policy has no expression that picks out of listBackends by chance")
    return max(found, key=len)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("policy", type=Path)
    text = parser.parse_args().policy.read_text()
    texts = list(expressions(text))
    library()
    for each in texts:  # the library reads a signature when it is first used
        compile_fresh(each)
    gc.freeze()
    compiling = best(lambda: [compile_fresh(each) for each in texts], 1) * 1e3
    size = len(text.encode()) / 1024
    print(
        f"compile: {len(texts)} expressions of a {size:.1f} KB policy in {compiling:.1f} ms "
        f"(target < {_TARGET_COMPILE:.0f})"
    )
    source = selection(texts)
    chosen = compile_fresh(source)
    context = context_of({"variables": {"listBackends": {"type": "JArray", "value": backends()}}})
    running = best(lambda: chosen(context), 2_000) * 1e6
    print(
        f"run:     {len(source)} characters, 8 backends: {running:.1f} µs an evaluation (target <= "
        f"{_TARGET_RUN:.0f}); last result {chosen(context)}"
    )
    sys.exit(0 if running <= _TARGET_RUN and compiling < _TARGET_COMPILE else 1)


if __name__ == "__main__":
    main()
