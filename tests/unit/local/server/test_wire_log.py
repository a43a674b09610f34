import json
from pathlib import Path

import pytest

from apimlb.http import Headers, Request, Response
from apimlb.local.server.wire_log import WireLog

ARM = "https://127.0.0.1:4581/subscriptions/s/providers/p"


def written(tmp_path: Path, request: Request, response: Response) -> str:
    path = tmp_path / "arm.ndjson"
    log = WireLog(path)
    log.write(request, response)
    log.close()
    assert path.stat().st_mode & 0o777 == 0o600
    return path.read_text()


def test_an_exchange_is_a_line_without_its_token(tmp_path: Path) -> None:
    headers = Headers([("Authorization", "Bearer the-token"), ("Accept", "application/json")])
    line = written(tmp_path, Request("PUT", ARM, headers, b'{"a": 1}'), Response(201, body=b'{"b": 2}'))
    told = json.loads(line)
    assert (told["method"], told["body"], told["status"], told["reply"]) == (
        "PUT",
        '{"a": 1}',
        201,
        '{"b": 2}',
    )
    assert "the-token" not in line


def test_keys_and_secret_values_keep_their_kind_and_lose_their_text(tmp_path: Path) -> None:
    keys = b'{"primaryKey": "one", "keys": [{"key1": "two"}], "value": [{"name": "kept"}]}'
    line = written(tmp_path, Request("POST", f"{ARM}/listSecrets"), Response(200, body=keys))
    assert "one" not in line
    assert "two" not in line
    assert "kept" in line
    secret = Request("PUT", f"{ARM}/namedValues/x", body=b'{"properties": {"value": "three"}}')
    assert "three" not in written(tmp_path, secret, Response(200))


def test_what_is_no_json_is_left_out(tmp_path: Path) -> None:
    assert "secret" not in written(
        tmp_path, Request("PUT", ARM, body=b"secret"), Response(400, body=b"secret")
    )


TOKEN = "eyJhbGciOiJub25lIn0.eyJhdWQiOiJhIn0.c2lnbmF0dXJl"
PLACES = {
    "a reply of Entra": (Request("POST", ARM), b'{"access_token": "SECRET", "refresh_token": "SECRET"}'),
    "a token anywhere in a reply": (Request("GET", ARM), f'{{"said": ["Bearer {TOKEN}"]}}'.encode()),
    "a token of a user of a gateway": (Request("POST", f"{ARM}/users/u/token"), b'{"value": "SECRET"}'),
    "a form": (Request("POST", ARM, body=b"client_secret=SECRET&grant_type=x"), b"{}"),
    "a body": (Request("PUT", ARM, body=b'{"properties": {"password": "SECRET"}}'), b"{}"),
    "a key in the query": (Request("GET", f"{ARM}?a=b&subscription-key=SECRET&c=d"), b"{}"),
    **{
        name: (Request("GET", ARM, Headers([(name, "SECRET")])), b"{}")
        for name in ("Authorization", "Cookie", "api-key", "Ocp-Apim-Subscription-Key", "x-apimlb-control")
    },
}


@pytest.mark.parametrize("place", PLACES)
def test_no_secret_is_written_wherever_it_stands(tmp_path: Path, place: str) -> None:
    request, reply = PLACES[place]
    line = written(tmp_path, request, Response(200, Headers([("Set-Cookie", "SECRET")]), reply))
    assert "SECRET" not in line
    assert TOKEN not in line
    json.loads(line)


def test_a_policys_text_is_no_secret(tmp_path: Path) -> None:
    request = Request(
        "PUT", f"{ARM}/apis/a/policies/policy", body=b'{"properties": {"value": "<policies/>"}}'
    )
    assert "<policies/>" in written(tmp_path, request, Response(200))


def test_a_log_that_was_open_to_others_is_closed_to_them(tmp_path: Path) -> None:
    (tmp_path / "arm.ndjson").touch(0o644)
    assert written(tmp_path, Request("GET", ARM), Response(200))
