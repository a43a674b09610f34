"""What every command prints with `--output json`, as JSON Schema (2020-12): a table, by the command's words.

Fields may be added to a document; those that are here stay, with their types. A command that fails prints
`ERROR` instead, whatever it is; each prints exactly one document.
"""

from typing import Any

Schema = dict[str, Any]

TEXT: Schema = {"type": "string"}
COUNT: Schema = {"type": "integer"}
NUMBER: Schema = {"type": "number"}
FLAG: Schema = {"type": "boolean"}
ANY: Schema = {}


def a(**fields: Schema) -> Schema:
    """An object that has these fields."""
    return {"type": "object", "properties": fields, "required": list(fields)}


def many(each: Schema) -> Schema:
    """A list of such things."""
    return {"type": "array", "items": each}


def by_name(each: Schema) -> Schema:
    """An object with such a thing under every name."""
    return {"type": "object", "additionalProperties": each}


def or_null(schema: Schema) -> Schema:
    """The same, or null."""
    return {"anyOf": [schema, {"type": "null"}]}


ERROR = a(
    error=a(kind=TEXT, what=TEXT, where=TEXT, why=TEXT, also=many(TEXT), next=TEXT, raw=TEXT, exit_code=COUNT)
)

_CHANGE = a(action=TEXT, id=TEXT, label=TEXT, fields=many(a(path=TEXT, before=ANY, after=ANY)))
_PLAN = {"changes": many(_CHANGE), "unchanged": COUNT}
_DEPLOYED = {"gateway_url": TEXT, "seconds": NUMBER, "under_way": many(TEXT), **_PLAN}
_DESTROYED = {"done": many(a(verb=TEXT, label=TEXT)), "left": many(TEXT), "kept_by_azure": FLAG}
_RESIZED = many(a(account=TEXT, deployment=TEXT, before=COUNT, after=COUNT))
_DRAIN = a(account=TEXT, drained=FLAG, changed=FLAG, pools=many(TEXT))
_KEY = a(name=TEXT, primary=TEXT, secondary=TEXT, state=TEXT)
_USE = {"calls": COUNT, "answered": COUNT, "throttled": COUNT}
_FAULT = a(id=COUNT, happened=COUNT, url=TEXT, method=TEXT, status=COUNT)
_CLOCK = a(now=TEXT, frozen=FLAG, ahead=NUMBER)
_VARIABLES = by_name(TEXT)
_TIMES = {f"{name}{share}": or_null(NUMBER) for name in ("p", "first_token_p") for share in (50, 95, 99)}
_ENDED = {
    "asked": COUNT, "unfinished": COUNT, "answered": NUMBER, "refused": NUMBER, "errors": NUMBER,
    "statuses": by_name(COUNT),
}  # fmt: skip
_GATEWAY = a(
    name=TEXT, url=TEXT, tier=TEXT, location=TEXT, state=TEXT, refuses_strangers=or_null(FLAG), shared=FLAG
)

DOCUMENTS: dict[str, Schema] = {
    "capacity": many(a(accounts=COUNT, capacity=COUNT, total=COUNT, refused=NUMBER)),
    "clients add": many(TEXT),
    "clients list": many(TEXT),
    "clients remove": many(TEXT),
    "completion": a(shell=TEXT, script=TEXT),
    "config schema": {"type": "object"},
    "config show": many(a(setting=TEXT, value=ANY, origin=TEXT)),
    "demo": a(gateway_url=TEXT, client=by_name(COUNT), accounts=many(a(name=TEXT, **_USE))),
    "deploy": a(**_DEPLOYED),
    "destroy": a(**_DESTROYED),
    "doctor": many(a(number=COUNT, check=TEXT, health=TEXT, found=TEXT, mend=TEXT)),
    "drain": _DRAIN,
    "env": _VARIABLES,
    "gateway-url": a(gateway_url=TEXT),
    "init": a(file=TEXT, name=TEXT, location=TEXT, tier=TEXT, gateway=TEXT, accounts=TEXT, strategy=TEXT),
    "keys create": _KEY,
    "keys list": many(a(name=TEXT, state=TEXT, created=TEXT)),
    "keys revoke": a(name=TEXT, state=TEXT),
    "keys rotate": _KEY,
    "list": many(a(name=TEXT, location=TEXT, state=TEXT, gateway_url=TEXT)),
    "loadtest": a(
        gateway_url=TEXT,
        users=COUNT,
        rpm=NUMBER,
        seed=COUNT,
        seconds=NUMBER,
        attempts=COUNT,
        refusals=COUNT,
        waits=a(true=COUNT, short=COUNT, missing=COUNT, untried=COUNT),
        tokens_per_minute=COUNT,
        kinds=many(a(kind=TEXT, **_ENDED, **_TIMES)),
        accounts=many(a(account=TEXT, answers=COUNT, share=NUMBER, tokens_per_minute=COUNT)),
        failed=many(TEXT),
        report=TEXT,
        **_ENDED,
        **_TIMES,
    ),
    "loadtest export": a(files=many(TEXT)),
    "local account": a(account=TEXT, behaviour=by_name(ANY)),
    "local clock": _CLOCK,
    "local clock advance": _CLOCK,
    "local clock freeze": _CLOCK,
    "local clock resume": _CLOCK,
    "local down": a(stopped=FLAG, kept=FLAG),
    "local env": _VARIABLES,
    "local fault add": _FAULT,
    "local fault clear": a(cleared=COUNT),
    "local fault list": many(_FAULT),
    "local records": {"type": "array"},
    "local status": a(
        pid=COUNT,
        gateway_url=TEXT,
        arm_url=TEXT,
        clock=a(now=TEXT, frozen=FLAG),
        accounts=many(a(name=TEXT, deployment=TEXT, capacity=COUNT, **_USE)),
        breakers={"type": "array"},
        cache={"type": "array"},
    ),
    "local token": a(token=TEXT),
    "local up": a(gateway_url=TEXT, arm_url=TEXT, pid=COUNT),
    "open": a(url=TEXT),
    "plan": a(**_PLAN),
    "policy eval": {
        "anyOf": [
            a(type=TEXT, value=ANY),
            a(throws=TEXT, message=TEXT),
            a(compile_error=TEXT, message=TEXT, line=COUNT, column=COUNT),
            {"type": "array"},
        ]
    },
    "policy trace": a(
        steps={"type": "array"}, messages={"type": "array"}, response=a(status=COUNT, body=TEXT)
    ),
    "regions": a(
        regions=many(a(fits=FLAG)),
        proposal=many(a(location=TEXT, capacity=COUNT)),
        command=or_null(TEXT),
    ),
    "render": {"anyOf": [a(policy=TEXT), a(folder=TEXT)]},
    "resume": {
        "anyOf": [
            a(resumed={"type": "null"}),
            a(resumed={"const": "deploy"}, **_DEPLOYED),
            a(resumed={"const": "destroy"}, **_DESTROYED),
            a(resumed={"const": "set-capacity"}, changes=_RESIZED),
        ]
    },
    "set-capacity": _RESIZED,
    "simulate": a(minutes=NUMBER, seed=COUNT, requests=COUNT, policies={"type": "array"}),
    "status": a(
        stack=TEXT,
        healthy=FLAG,
        problems=many(TEXT),
        gateway=_GATEWAY,
        workbook=or_null(TEXT),
        accounts={"type": "array"},
        drift={"type": "array"},
        notices=many(TEXT),
    ),
    "tiers assign": a(tier=TEXT, clients=many(TEXT)),
    "tiers list": many(
        a(
            name=TEXT,
            tokens_per_minute=or_null(COUNT),
            tokens_per_day=or_null(COUNT),
            tokens_per_month=or_null(COUNT),
            clients=many(TEXT),
        )
    ),
    "undrain": _DRAIN,
    "verify-live": a(version=COUNT, apimlb=TEXT, azure=ANY, answers=by_name(ANY), open=by_name(TEXT)),
    "version": a(apimlb=TEXT, python=TEXT, platform=TEXT),
}
"""By the words after `apimlb`."""
