"""The local Azure over its ports, with the clients that people use: openai and azure-identity."""

import os
import signal
import socket
import stat

import openai
import pytest
import requests
from azure.core.exceptions import ClientAuthenticationError
from azure.identity import ClientSecretCredential

from apimlb.errors import ConflictError, NotFoundError
from apimlb.local import process
from tests.patience import PATIENCE

HELLO = [{"role": "user", "content": "Say something."}]
COGNITIVE = "https://cognitiveservices.azure.com/.default"
OPENAI_USER = "5e0bd9bd-7b93-4f28-af87-19fc36ad61bd"


class Azure:
    """A running local Azure and its owner."""

    def __init__(self, endpoint):
        self.endpoint = endpoint
        self.credential = self.sign_in(endpoint.client_secret)

    def sign_in(self, secret):
        return ClientSecretCredential(
            self.endpoint.tenant_id,
            self.endpoint.client_id,
            secret,
            authority=self.endpoint.arm_url,
            disable_instance_discovery=True,
            connection_verify=self.endpoint.ca,
        )

    def arm(self, method, path, version, body=None):
        token = self.credential.get_token(f"{self.endpoint.arm_url}/.default").token
        subscription = f"{self.endpoint.arm_url}/subscriptions/{self.endpoint.subscription_id}"
        reply = requests.request(
            method,
            f"{subscription}{path}?api-version={version}",
            json=body,
            headers={"Authorization": f"Bearer {token}"},
            verify=self.endpoint.ca,
            timeout=PATIENCE,
        )
        assert reply.status_code < 300, reply.text
        return reply.json() if reply.content else None

    def account(self, name):
        self.arm("PUT", "/resourcegroups/rg", "2025-04-01", {"location": "swedencentral"})
        path = f"/resourceGroups/rg/providers/Microsoft.CognitiveServices/accounts/{name}"
        body = {"location": "swedencentral", "kind": "OpenAI", "sku": {"name": "S0"}}
        body["properties"] = {"customSubDomainName": name}
        self.arm("PUT", path, "2025-09-01", body)
        return path

    def deploy(self, account, name, model, version, capacity, sku="GlobalStandard"):
        body = {"sku": {"name": sku, "capacity": capacity}}
        body["properties"] = {"model": {"format": "OpenAI", "name": model, "version": version}}
        self.arm("PUT", f"{account}/deployments/{name}", "2025-09-01", body)

    def key(self, account):
        return self.arm("POST", f"{account}/listKeys", "2025-09-01")["key1"]


def client_of(azure, account, **options):
    """openai's own client, led to an account by the Host header, as a gateway in front would lead it."""
    options = options or {"api_key": azure.key(account)}
    return openai.AzureOpenAI(
        azure_endpoint=azure.endpoint.gateway_url,
        api_version="2024-10-21",
        default_headers={"Host": f"{account.rpartition('/')[2]}.openai.azure.com"},
        max_retries=0,
        **options,
    )


@pytest.fixture(scope="module")
def state(tmp_path_factory):
    return tmp_path_factory.mktemp("local-azure")


@pytest.fixture(scope="module")
def azure(state):
    endpoint = process.start(state, gateway_port=0, arm_port=0)
    yield Azure(endpoint)
    process.stop(state)


@pytest.fixture(scope="module")
def east(azure):
    account = azure.account("east")
    azure.deploy(account, "chat", "gpt-5.1", "2025-11-13", 100)
    azure.deploy(account, "embed", "text-embedding-3-small", "1", 100, sku="Standard")
    return account


class TestOpenAIClient:
    def test_completes_a_chat(self, azure, east):
        with client_of(azure, east) as client:
            answer = client.chat.completions.create(model="chat", messages=HELLO, max_completion_tokens=30)
        assert answer.choices[0].message.content
        assert answer.usage.total_tokens == answer.usage.prompt_tokens + answer.usage.completion_tokens
        assert answer.model == "gpt-5.1-2025-11-13"

    def test_reads_a_stream(self, azure, east):
        with client_of(azure, east) as client:
            whole = client.chat.completions.create(model="chat", messages=HELLO)
            stream = client.chat.completions.create(
                model="chat", messages=HELLO, stream=True, stream_options={"include_usage": True}
            )
            chunks = list(stream)
        said = "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
        assert chunks[0].choices == []
        assert said == whole.choices[0].message.content
        assert chunks[-1].usage == whole.usage

    def test_embeds(self, azure, east):
        with client_of(azure, east) as client:
            answer = client.embeddings.create(model="embed", input=["one", "two"])
        assert [len(row.embedding) for row in answer.data] == [1536, 1536]

    def test_speaks_v1_and_responses(self, azure, east):
        with openai.OpenAI(
            base_url=f"{azure.endpoint.gateway_url}/openai/v1/",
            api_key="unused",
            default_headers={
                "Host": "east.openai.azure.com",
                "api-key": azure.key(east),
                "Authorization": "",
            },
        ) as client:
            answer = client.responses.create(model="chat", input="Hello")
            with client.responses.stream(model="chat", input="Hello") as stream:
                for _ in stream:
                    pass
                streamed = stream.get_final_response()
            models = [model.id for model in client.models.list()]
        assert answer.output_text
        assert streamed.output_text == answer.output_text
        assert "gpt-5.1-2025-11-13" in models

    def test_is_refused_as_by_azure(self, azure, east):
        with client_of(azure, east) as client:
            with pytest.raises(openai.NotFoundError) as missing:
                client.chat.completions.create(model="nobody", messages=HELLO)
            with pytest.raises(openai.BadRequestError) as unsupported:
                client.chat.completions.create(model="chat", messages=HELLO, max_tokens=5)
        with client_of(azure, east, api_key="wrong") as stranger, pytest.raises(openai.AuthenticationError):
            stranger.chat.completions.create(model="chat", messages=HELLO)
        assert missing.value.code == "DeploymentNotFound"
        assert unsupported.value.code == "unsupported_parameter"

    def test_is_throttled_and_let_in_after_more_capacity(self, azure):
        account = azure.account("small")
        azure.deploy(account, "chat", "gpt-5.1", "2025-11-13", 1)
        with client_of(azure, account) as client:
            with pytest.raises(openai.RateLimitError) as throttled:
                client.chat.completions.create(model="chat", messages=HELLO, max_completion_tokens=2000)
            azure.deploy(account, "chat", "gpt-5.1", "2025-11-13", 10)
            answer = client.chat.completions.create(model="chat", messages=HELLO, max_completion_tokens=2000)
        headers = throttled.value.response.headers
        assert 0 < int(headers["Retry-After"]) <= 60
        assert int(headers["retry-after-ms"]) <= 60_000
        assert answer.choices

    def test_signs_in_with_entra_and_a_role(self, azure, east):
        token = azure.credential.get_token(COGNITIVE).token
        with client_of(azure, east, azure_ad_token=token) as client:
            with pytest.raises(openai.AuthenticationError) as refused:
                client.chat.completions.create(model="chat", messages=HELLO)
            assert isinstance(refused.value.body, dict)
            principal = refused.value.body["message"].split("`")[1]
            provider = "/providers/Microsoft.Authorization"
            assignment = f"{east}{provider}/roleAssignments/00000000-0000-4000-8000-000000000000"
            role = f"/subscriptions/{azure.endpoint.subscription_id}{provider}/roleDefinitions/{OPENAI_USER}"
            properties = {"roleDefinitionId": role, "principalId": principal}
            azure.arm("PUT", assignment, "2022-04-01", {"properties": properties})
            assert client.chat.completions.create(model="chat", messages=HELLO).choices
        assert refused.value.code == "PermissionDenied"


class TestSigningIn:
    def test_azure_identity_gets_a_token_over_tls(self, azure):
        token = azure.credential.get_token(f"{azure.endpoint.arm_url}/.default")
        assert token.token.count(".") == 2

    def test_a_wrong_secret_is_refused_in_entras_words(self, azure):
        with pytest.raises(ClientAuthenticationError, match="AADSTS7000215"):
            azure.sign_in("guess").get_token(COGNITIVE)

    def test_arm_hears_nobody_without_a_token(self, azure):
        reply = requests.get(
            f"{azure.endpoint.arm_url}/subscriptions?api-version=2022-12-01",
            verify=azure.endpoint.ca,
            timeout=PATIENCE,
        )
        assert reply.status_code == 401


class TestProcess:
    def test_says_where_it_is_to_its_owner_only(self, azure, state):
        assert process.read(state) == azure.endpoint
        assert azure.endpoint.client_secret not in repr(azure.endpoint)
        for name in ("endpoint.json", "azure.db", "server.key", "server.log"):
            assert stat.S_IMODE((state / name).stat().st_mode) == 0o600

    def test_counts_what_the_accounts_were_asked(self, azure, state, east):
        with client_of(azure, east) as client:
            client.chat.completions.create(model="chat", messages=HELLO)
        found = process.status(state)
        (row,) = [row for row in found["accounts"] if (row["name"], row["deployment"]) == ("east", "chat")]
        assert row["calls"] >= row["answered"] >= 1
        assert found["pid"] == azure.endpoint.pid

    def test_a_second_one_on_the_same_state_is_refused(self, azure, state):
        with pytest.raises(ConflictError, match="already runs"):
            process.start(state, gateway_port=0, arm_port=0)

    def test_a_port_in_use_is_named(self, azure, tmp_path):
        port = int(azure.endpoint.gateway_url.rpartition(":")[2])
        with pytest.raises(ConflictError, match=f"Port {port} is in use"):
            process.start(tmp_path, gateway_port=port, arm_port=0)
        assert process.read(tmp_path) is None

    def test_only_a_deliberate_request_stops_it(self, azure, state):
        reply = requests.post(
            f"{azure.endpoint.arm_url}/apimlb/stop", verify=azure.endpoint.ca, timeout=PATIENCE
        )
        assert reply.status_code == 405
        assert process.read(state) is not None

    def test_nothing_runs_where_nothing_was_started(self, tmp_path):
        assert process.read(tmp_path) is None
        with pytest.raises(NotFoundError):
            process.status(tmp_path)
        with pytest.raises(NotFoundError):
            process.stop(tmp_path)

    def test_what_was_deployed_is_there_after_a_stop_and_after_a_kill(self, tmp_path):
        first = Azure(process.start(tmp_path, gateway_port=0, arm_port=0))
        account = first.account("kept")
        key = first.key(account)
        process.stop(tmp_path)
        assert not (tmp_path / "endpoint.json").exists()

        second = Azure(process.start(tmp_path, gateway_port=0, arm_port=0))
        assert second.key(account) == key
        os.kill(second.endpoint.pid, signal.SIGKILL)
        os.waitpid(second.endpoint.pid, 0)
        assert process.read(tmp_path) is None

        third = Azure(process.start(tmp_path, gateway_port=0, arm_port=0))
        assert third.key(account) == key
        assert third.endpoint.client_secret == first.endpoint.client_secret
        process.stop(tmp_path)


class TestStreams:
    def test_come_as_they_are_made_and_do_not_hold_up_a_stop(self, tmp_path):
        """The whole answer would take days; a stop that waited for it would fail."""
        options = ["--token-seconds", "86400", "--seed", "1"]
        azure = Azure(process.start(tmp_path, gateway_port=0, arm_port=0, options=options))
        account = azure.account("slow")
        azure.deploy(account, "chat", "gpt-5.1", "2025-11-13", 100)
        with client_of(azure, account) as client:
            stream = client.chat.completions.create(model="chat", messages=HELLO, stream=True)
            first = next(stream)
            stream.close()
        assert first.model_extra["prompt_filter_results"]
        process.stop(tmp_path)
        assert process.read(tmp_path) is None

    def test_a_port_is_free_after_a_stop(self, tmp_path):
        endpoint = process.start(tmp_path, gateway_port=0, arm_port=0)
        process.stop(tmp_path)
        with socket.socket() as opened:
            opened.bind(("127.0.0.1", int(endpoint.gateway_url.rpartition(":")[2])))
