"""A rehearsed policy as a person reads it, and as JSON."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from apimlb.cli.local_records import described
from apimlb.policy.rehearse.rehearsal import Rehearsal
from apimlb.policy.run.tracing import TracedStep, told


def lines(rehearsal: Rehearsal) -> Iterator[str]:
    """One line a step, indented by its depth, then what it changed; at the end the answer."""
    section = ""
    for step in rehearsal.steps:
        if step.section != section:
            section = step.section
            yield section
        yield from _step(step)
    for message in rehearsal.messages:
        yield f"trace: {message}"
    for record in rehearsal.records:
        yield described(asdict(record))
    if rehearsal.last_error is not None:
        error = rehearsal.last_error
        yield f"error: {error.source} {error.reason}: {error.message} (in {error.section}, {error.path})"
    sent = len(rehearsal.requests)
    yield f"{rehearsal.response.status} {rehearsal.response.reason} after {sent} backend request(s)"


def _step(step: TracedStep) -> Iterator[str]:
    indent = "  " * (step.depth + 1)
    status = f"  → {step.status}" if step.status is not None else ""
    outcome = f"  ! {step.outcome}" if step.outcome else ""
    milliseconds = step.elapsed * 1000
    yield f"{step.line:>4} {milliseconds:8.1f} ms {indent}{step.element}{status}{outcome}"
    for name, (before, after) in step.changed.items():
        yield f"{'':>16} {indent}  {name}: {before or '(absent)'} → {after or '(absent)'}"


def document(rehearsal: Rehearsal) -> dict[str, Any]:
    """The same as one JSON document; bodies as text."""
    body = rehearsal.response.body
    return {
        "steps": [asdict(step) for step in rehearsal.steps],
        "messages": list(rehearsal.messages),
        "records": [asdict(record) for record in rehearsal.records],
        "response": {
            "status": rehearsal.response.status,
            "reason": rehearsal.response.reason,
            "headers": list(rehearsal.response.headers),
            "body": body.decode(errors="replace") if isinstance(body, bytes) else "",
        },
        "requests": [{"method": r.method, "url": r.url} for r in rehearsal.requests],
        "waited": rehearsal.waited,
        "variables": {name: told(value) for name, value in rehearsal.variables.items()},
    }
