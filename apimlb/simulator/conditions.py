"""What all that are measured in one scenario have in common: the accounts, and how much is asked of them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from apimlb.errors import ConfigError
from apimlb.local.entra.keys import SigningKey
from apimlb.local.gateway.switches import GatewaySwitches
from apimlb.local.lateness import Lateness
from apimlb.local.openai.answer import filled
from apimlb.local.openai.plane import Metering
from apimlb.local.openai.switches import Settings
from apimlb.local.store import Document
from apimlb.local.world import WorldSettings
from apimlb.simulator.accounts import costs
from apimlb.simulator.candidate import Candidate
from apimlb.simulator.scenario import Scenario
from apimlb.simulator.stage import DEPLOYMENT, Stage, build
from apimlb.simulator.traffic import sample
from apimlb.stack.config import Stack

_FILLED = 0.6
"""The share of what it may be that an answer is."""
_FIRST_TOKEN = 0.2
"""The share of an answer's time that is over when it begins."""
_SCARCE = ("gpt-5-mini", "2025-08-07")
_GATEWAY = GatewaySwitches(cache_delay=0.005, cache_seconds=(0.001, 0.005), cache_loss=0.005)


@dataclass(frozen=True, slots=True)
class Conditions:
    """`accounts` are their names; `standings` and `deployments` are theirs at the beginning, in this order.

    `rate` questions come a second, and `beside` others at each account; `granted` is what the accounts
    grant to such questions, a second.
    """

    scenario: Scenario
    accounts: Sequence[str]
    settings: Settings
    key: SigningKey
    standings: Sequence[Metering]
    deployments: Sequence[Document]
    rate: float
    granted: float
    beside: Sequence[float]

    def stage(self, candidate: Candidate) -> Stage:
        """A new stage with the candidate's policy; raises `CloudError` for one that ARM refuses."""
        return _stage(self.scenario, candidate, self.settings, self.key)


def conditions(scenario: Scenario, candidate: Candidate, key: SigningKey) -> Conditions:
    """Those of everybody who has the same accounts as this candidate; raises `ConfigError` for an outage of
    an account that there is not, and `CloudError` for a policy that ARM refuses."""
    accounts = [account.name for account in candidate.stack.accounts]
    for span in scenario.outages:
        if span.name not in accounts:
            raise ConfigError(
                f"The stack has no account {span.name!r}.", next_step=f"It has {', '.join(accounts)}."
            )
    settings = _settings(scenario)
    stage = _stage(scenario, candidate, settings, key)
    standings = stage.standings()
    each = _granted(scenario, standings)
    share = scenario.profile.beside
    rate = scenario.load * sum(each) * (1 - share) if scenario.rpm is None else scenario.rpm / 60
    beside = [share * granted for granted in each] if share else []
    return Conditions(
        scenario, accounts, settings, key, standings, stage.deployments, rate, sum(each), beside
    )


def _stage(scenario: Scenario, candidate: Candidate, settings: Settings, key: SigningKey) -> Stage:
    world = WorldSettings(openai=settings, gateway=_GATEWAY, gateways=scenario.gateways)
    if scenario.adverse:
        world = replace(world.adverse(), openai=settings, lateness=Lateness())
    if scenario.profile.scarce:
        candidate = replace(candidate, stack=_scarce(candidate.stack))
    return build(candidate, world, scenario.seed, key)


def _scarce(stack: Stack) -> Stack:
    """The stack with a model that grants few requests."""
    model, version = _SCARCE
    chat = stack.deployments[DEPLOYMENT].model_copy(update={"model": model, "version": version})
    return stack.model_copy(update={"deployments": {**stack.deployments, DEPLOYMENT: chat}})


def _settings(scenario: Scenario) -> Settings:
    """The accounts' behaviour, with answers that take as long as the scenario says on average."""
    usual = scenario.completion or scenario.mean_tokens // 2
    bare = scenario.profile.settings(seed=scenario.seed, filler=_FILLED, answer_tokens=(1, usual))
    answers = [filled(question.limit, bare) for question in sample(scenario)]
    mean = sum(answers) / max(1, len(answers))
    return replace(
        bare,
        first_token_seconds=scenario.reply_seconds * _FIRST_TOKEN,
        token_seconds=scenario.reply_seconds * (1 - _FIRST_TOKEN) / max(1.0, mean),
    )


def _granted(scenario: Scenario, standings: Sequence[Metering]) -> list[float]:
    """How many such questions each account grants a second, by the scarcer of tokens and requests."""
    questions = sample(scenario)
    if not questions:
        raise ConfigError("There is no traffic.", where=str(scenario.trace), next_step="Give a longer trace.")
    columns = zip(*(costs(standings, question) for question in questions), strict=True)
    granted = []
    for standing, column in zip(standings, columns, strict=True):
        tokens = standing.limits.tokens.per_minute / (sum(column) / len(column))
        granted.append(min(tokens, standing.limits.requests.per_minute) / 60)
    return granted
