"""`apimlb init`: a commented `apimlb.toml`, out of answers to what it must know."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from shlex import quote

from apimlb.cli import questions
from apimlb.cli.prose import say
from apimlb.errors import ConfigError, ConflictError, meant
from apimlb.files import replace_file
from apimlb.local.arm.locations import REGIONS
from apimlb.stack import config
from apimlb.stack.choices import Strategy, Tier

_FILE = """\
# What `apimlb deploy` makes of this file: one API Management gateway in front of Azure OpenAI accounts.
# A setting that stands behind a # has its usual value; `apimlb plan` shows what a change would do.

name = "{name}"                  # goes into every resource's name
location = "{location}"          # of the gateway
{gateway}tier = "{tier}"                  # Developer costs least, BasicV2 is ready in minutes
strategy = "{strategy}"          # or "{other}"
# accept_retry_after = false    # true: a breaker opens for as long as the account asks, be it a day
# clients = []                  # ids of applications, people or groups in Entra that may call without a key
# allowed_origins = []          # web pages whose scripts may call, as "https://app.example"
# backend_header = false        # true: answers name their account in x-apimlb-backend
# stream_usage = false          # true: streamed chat completions end with what they used
# adapt_parameters = false      # true: reasoning models get max_tokens under the name that they know
{accounts}
[deployments.chat]              # the same on every account; clients call it by this name
model = "{chat.model}"
version = "{chat.version}"
sku = "{chat.sku}"
# capacity = 30                 # thousands of tokens per minute; left out: 30 at first, then what
                                # `apimlb set-capacity` made it

[deployments.embedding]
model = "{embedding.model}"
version = "{embedding.version}"
sku = "{embedding.sku}"
"""
_GATEWAY = """\
gateway = "{gateway}"            # others use it: nothing of it is changed
path = "{path}"                  # of the stack's API there; what clients get as endpoint ends before /openai
"""
_NO_GATEWAY = '# gateway = ""  # group/name or id of a service that is there: it is used, none is made\n'
_ACCOUNT = """
[[accounts]]
location = "{location}"
priority = 1                    # a lower number is used first
# weight = 1                    # share among those of one priority
"""


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: a setting, its words, and what holds when nobody answers."""

    name: str
    words: str
    usual: str


QUESTIONS = (
    Question("name", "The stack's name", config.Stack().name),
    Question("location", "The gateway's region", config.Stack().location),
    Question("tier", f"Its tier ({', '.join(Tier)})", config.Stack().tier),
    Question(
        "accounts",
        "The accounts' regions",
        ",".join(account.location for account in config.DEFAULT_ACCOUNTS),
    ),
    Question("strategy", f"How it balances ({', '.join(Strategy)})", config.Stack().strategy),
)


def write(file: Path, given: Mapping[str, str], *, ask: bool, force: bool) -> dict[str, str]:
    """Write the file out of what was given, asked for or usual; returns the answers. An answer that does not
    fit is asked for again; a region that is not known here is told of and taken, for Azure opens new ones.

    Raises `ConflictError` for a file that is there, `ConfigError` for something given that does not fit;
    nothing is written then.
    """
    if file.exists() and not force:
        raise ConflictError(
            "There is such a file.",
            where=str(file),
            why="What is in it would be lost.",
            next_step="Run `apimlb init --force` to write it anew.",
        )
    for name, value in given.items():
        if value:
            flag = f"--{'stack' if name == 'name' else name} {quote(value)}"
            _parsed({name: value}, flag)
    answers = {each.name: given.get(each.name) or _answer(each, ask) for each in QUESTIONS}
    answers["gateway"] = given.get("gateway", "")
    text = text_of(answers)
    for region in dict.fromkeys([answers["location"], *_regions(answers)]):
        _tell_unless_known(region)
    replace_file(file, text.encode())
    return answers


def text_of(answers: Mapping[str, str]) -> str:
    """The file's text; raises `ConfigError` when a stack cannot be so."""
    told = {name: answer for name, answer in answers.items() if answer}
    if "gateway" in told:
        told["path"] = f"{told['name']}/openai"
    stack = _parsed(told, "the answers")
    accounts = [_ACCOUNT.format(location=account.location) for account in stack.accounts]
    (other,) = {*Strategy} - {stack.strategy}
    text = _FILE.format(
        name=stack.name,
        location=stack.location,
        tier=stack.tier,
        strategy=stack.strategy,
        other=other,
        gateway=_GATEWAY.format(gateway=stack.gateway, path=stack.path) if stack.gateway else _NO_GATEWAY,
        accounts="".join(accounts),
        **config.DEFAULT_DEPLOYMENTS,
    )
    return _aligned(text)


def _aligned(text: str) -> str:
    """The text with every comment behind a setting in one column."""
    lines = []
    for line in text.splitlines():
        setting, mark, comment = line.partition("  #")
        written = setting.strip() and mark
        lines.append(f"{setting.rstrip():<31} #{comment}" if written else line)
    return "\n".join(lines) + "\n"


def _parsed(answers: Mapping[str, str], source: str) -> config.Stack:
    """The stack with these answers and else as usual; raises `ConfigError` that blames `source`."""
    accounts = {"accounts": [{"location": region} for region in _regions(answers)]}
    return config.parse({**answers, **(accounts if "accounts" in answers else {})}, source=source)


def _regions(answers: Mapping[str, str]) -> list[str]:
    return [region.strip() for region in answers.get("accounts", "").split(",") if region.strip()]


def _tell_unless_known(region: str) -> None:
    if region not in REGIONS:
        say(f"Note: apimlb knows no region {region}.{meant(region, REGIONS)}")


def _answer(question: Question, ask: bool) -> str:
    """What is answered once it fits, or the usual."""
    if not ask:
        return question.usual
    while True:
        said = questions.ask(
            f"{question.words} [{question.usual}]:",
            stopped="Stopped; nothing was written.",
            next_step="Run `apimlb init` again.",
        )
        if not said:
            raise ConfigError("Nobody answered.", next_step="Run `apimlb init --yes` for the usual answers.")
        answer = said.strip() or question.usual
        try:
            _parsed({question.name: answer}, "")
        except ConfigError as error:
            say(error.what)
        else:
            return answer
