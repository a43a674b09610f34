"""The pool follows priorities first, then weights, and knows when it has nobody left."""

import random
from collections import Counter
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from apimlb.local.gateway.pool import Credits, Health, Member, Pool, Weighting, choose

NOW = 1000.0


def pool_of(*members: Member) -> Pool:
    return Pool("pool", members)


def serve(
    pool: Pool, calls: int, health: Health | None = None, weighting: Weighting = "smooth"
) -> list[str | None]:
    """The members that `calls` requests in a row go to."""
    rng = random.Random(7)
    credits: Credits = ()
    served = []
    for _ in range(calls):
        choice = choose(pool, health or {}, NOW, rng, credits, weighting)
        credits = choice.credits
        served.append(choice.member)
    return served


def test_even_members_take_turns() -> None:
    assert serve(pool_of(Member("east"), Member("west"), Member("north")), 6) == [
        "east",
        "west",
        "north",
        "east",
        "west",
        "north",
    ]


def test_the_lowest_priority_number_takes_everything() -> None:
    pool = pool_of(Member("spill", priority=2), Member("reserved", priority=1))
    assert set(serve(pool, 5)) == {"reserved"}


def test_a_lower_group_is_used_only_when_all_before_it_are_open() -> None:
    pool = pool_of(Member("a", 1), Member("b", 1), Member("c", 2), Member("d", 3))
    assert set(serve(pool, 6, {"a": NOW + 5})) == {"b"}
    assert set(serve(pool, 6, {"a": NOW + 5, "b": NOW + 9})) == {"c"}
    assert set(serve(pool, 6, {"a": NOW + 5, "b": NOW + 9, "c": NOW + 1})) == {"d"}


def test_weights_are_shares_and_do_not_come_in_bunches() -> None:
    served = serve(pool_of(Member("big", weight=5), Member("b", weight=1), Member("c", weight=1)), 7)
    assert served == ["big", "big", "b", "big", "c", "big", "big"]


def test_half_and_half_alternates() -> None:
    served = serve(pool_of(Member("a", weight=50), Member("b", weight=50)), 10)
    assert all(one != next_one for one, next_one in pairwise(served))


def test_random_weights_meet_their_shares_roughly() -> None:
    served = serve(pool_of(Member("a", weight=80), Member("b", weight=20)), 1000, weighting="random")
    assert 750 < Counter(served)["a"] < 850


def test_a_member_of_weight_zero_gets_nothing_while_others_have_weight() -> None:
    pool = pool_of(Member("off", weight=0), Member("on", weight=3))
    assert set(serve(pool, 4)) == {"on"}
    assert set(serve(pool, 4, {"on": NOW + 1})) == {"off"}


def test_a_member_is_back_at_the_second_its_breaker_closes() -> None:
    pool = pool_of(Member("a"))
    assert serve(pool, 1, {"a": NOW + 0.001}) == [None]
    assert serve(pool, 1, {"a": NOW}) == ["a"]


def test_exhausted_says_when_the_first_member_comes_back() -> None:
    pool = pool_of(Member("a"), Member("b", priority=2))
    choice = choose(pool, {"a": NOW + 60, "b": NOW + 7}, NOW, random.Random(1))
    assert choice.member is None
    assert choice.reopens == NOW + 7


def test_an_empty_pool_is_exhausted_now() -> None:
    choice = choose(pool_of(), {}, NOW, random.Random(1))
    assert (choice.member, choice.reopens) == (None, NOW)


def test_credits_of_a_pool_that_has_changed_since_are_forgotten() -> None:
    grown = pool_of(Member("a"), Member("b"))
    assert choose(grown, {}, NOW, random.Random(1), credits=(-5,)).member == "a"


members = st.builds(
    Member,
    id=st.uuids().map(str),
    priority=st.integers(0, 3),
    weight=st.integers(0, 9),
)
pools = st.lists(members, min_size=1, max_size=8, unique_by=lambda member: member.id).map(
    lambda found: Pool("pool", tuple(found))
)


@given(pools, st.data(), st.sampled_from(["smooth", "random"]))
def test_nobody_open_is_chosen_and_nobody_healthy_of_a_higher_priority_is_passed_over(
    pool: Pool, data: st.DataObject, weighting: Weighting
) -> None:
    health = {member.id: data.draw(st.sampled_from([NOW - 1, NOW, NOW + 5])) for member in pool.members}
    choice = choose(pool, health, NOW, random.Random(3), (), weighting)
    healthy = [member for member in pool.members if health[member.id] <= NOW]
    if not healthy:
        assert choice.member is None
        assert choice.reopens == min(health.values())
        return
    chosen = next(member for member in pool.members if member.id == choice.member)
    assert chosen in healthy
    assert chosen.priority == min(member.priority for member in healthy)


@given(st.lists(st.integers(1, 9), min_size=1, max_size=6))
def test_one_cycle_of_the_smooth_rotation_gives_everyone_exactly_their_weight(weights: list[int]) -> None:
    pool = pool_of(*(Member(str(place), weight=weight) for place, weight in enumerate(weights)))
    served = Counter(serve(pool, sum(weights)))
    assert served == {str(place): weight for place, weight in enumerate(weights)}


@given(pools)
def test_the_smooth_rotation_never_owes_more_than_one_round(pool: Pool) -> None:
    credits: Credits = ()
    for _ in range(20):
        credits = choose(pool, {}, NOW, random.Random(1), credits).credits
        assert sum(credits) == 0
