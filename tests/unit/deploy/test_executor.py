"""Tasks run as concurrently as their needs allow."""

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apimlb.deploy.executor import Event, Moves, Outcome, State, Task, choose, run
from apimlb.deploy.waiting import Wait, wait
from apimlb.errors import ApimlbError, CloudError, Interrupted, QuotaError, raise_first
from tests.fakes import ManualClock
from tests.patience import PATIENCE


@st.composite
def graphs(draw: st.DrawFn) -> list[Task]:
    """Tasks that need earlier ones, some of which exclude each other, in any order."""
    count = draw(st.integers(1, 12))
    tasks = [
        Task(
            key=str(index),
            label=f"task {index}",
            needs=frozenset(str(need) for need in draw(st.sets(st.integers(0, index - 1))))
            if index
            else frozenset(),
            exclusive=draw(st.sampled_from(["", "a", "b"])),
        )
        for index in range(count)
    ]
    return draw(st.permutations(tasks))


def below(tasks: list[Task], key: str) -> set[str]:
    """The keys of what needs the task, directly or not."""
    found: set[str] = set()
    while True:
        more = {t.key for t in tasks if t.needs & (found | {key})} - found
        if not more:
            return found
        found |= more


@given(graphs(), st.data())
def test_a_choice_respects_needs_exclusions_and_room(tasks: list[Task], data: st.DataObject) -> None:
    """Whatever order tasks end in, and whichever fail."""
    workers = data.draw(st.integers(1, 4))
    by_key = {task.key: task for task in tasks}
    states = {task.key: State.PENDING for task in tasks}
    failed: set[str] = set()
    while State.PENDING in states.values() or State.RUNNING in states.values():
        moves = choose(tasks, states, workers)
        running = [key for key, state in states.items() if state is State.RUNNING]
        for task in moves.start:
            assert all(states[need] is State.DONE for need in task.needs)
        keys = [by_key[key].exclusive for key in running] + [task.exclusive for task in moves.start]
        held = [key for key in keys if key]
        assert len(held) == len(set(held))
        assert len(keys) <= workers
        states |= {task.key: State.SKIPPED for task in moves.skip}
        states |= {task.key: State.RUNNING for task in moves.start}
        running += [task.key for task in moves.start]
        if running:
            ending = data.draw(st.sampled_from(sorted(running)))
            states[ending] = data.draw(st.sampled_from([State.DONE, State.FAILED]))
            failed |= {ending} if states[ending] is State.FAILED else set()
        else:
            assert moves.skip, "it would wait for ever"
    skipped = {key for key, state in states.items() if state is State.SKIPPED}
    assert skipped == set().union(*(below(tasks, key) for key in failed)) - failed if failed else not skipped


class World:
    """Does tasks, remembers the order, and says when two that exclude each other meet."""

    def __init__(self, *, failing: set[str] | None = None) -> None:
        self.failing = failing or set()
        self.begun: list[str] = []
        self.ended: list[str] = []
        self.events: list[Event] = []
        self._busy: set[str] = set()
        self._lock = threading.Lock()

    def act(self, task: Task) -> None:
        with self._lock:
            assert task.needs <= set(self.ended), "begun before what it needs"
            assert task.exclusive not in self._busy, "two at once"
            self._busy |= {task.exclusive} - {""}
            self.begun.append(task.key)
        with self._lock:
            self._busy -= {task.exclusive}
            self.ended.append(task.key)
        if task.key in self.failing:
            raise CloudError(f"{task.label} failed")

    def run(self, tasks: list[Task], stop: threading.Event | None = None) -> Outcome:
        return run(
            tasks,
            self.act,
            clock=ManualClock(),
            notify=self.events.append,
            stop=stop or threading.Event(),
        )


@given(graphs(), st.data())
def test_everything_runs_but_what_needs_a_failure(tasks: list[Task], data: st.DataObject) -> None:
    failing = data.draw(st.sets(st.sampled_from([task.key for task in tasks]), max_size=2))
    world = World(failing=failing)
    outcome = world.run(tasks)
    out_of_reach = set().union(*(below(tasks, key) for key in failing)) if failing else set()
    assert set(world.begun) == {task.key for task in tasks} - out_of_reach
    assert {event.task.key for event in outcome.of(State.SKIPPED)} == out_of_reach
    assert {event.task.key for event in outcome.failed} == failing - out_of_reach
    assert len(outcome.events) == len(tasks)


def test_what_is_ready_runs_at_the_same_time() -> None:
    """Both wait for each other: one after the other they would wait for ever."""
    meeting = threading.Barrier(2, timeout=PATIENCE)
    tasks = [Task("gateway", "gateway"), Task("account", "account")]
    outcome = run(
        tasks,
        lambda task: (meeting.wait(), None)[1],
        clock=ManualClock(),
        notify=lambda event: None,
        stop=threading.Event(),
    )
    assert len(outcome.of(State.DONE)) == 2


def test_a_need_outside_of_the_tasks_counts_as_met() -> None:
    assert choose([Task("a", "a", needs=frozenset({"there"}))], {"a": State.PENDING}, 1) == Moves(
        (Task("a", "a", needs=frozenset({"there"})),), ()
    )


def test_a_stop_issues_nothing_more_and_says_what_still_runs() -> None:
    stop, released = threading.Event(), threading.Event()

    def act(task: Task) -> None:
        stop.set()
        released.wait(10)

    tasks = [Task("slow", "gateway"), Task("next", "backend", needs=frozenset({"slow"}))]
    with pytest.raises(Interrupted) as caught:
        run(tasks, act, clock=ManualClock(), notify=lambda event: None, stop=stop, grace=0)
    released.set()
    assert caught.value.what == "Stopped after 0 of 2 steps; still running in Azure: gateway"
    assert "apimlb resume" in caught.value.next_step


def test_what_ends_soon_after_a_stop_is_still_counted() -> None:
    stop = threading.Event()
    tasks = [Task("quick", "identity"), Task("next", "role", needs=frozenset({"quick"}))]
    with pytest.raises(Interrupted, match=r"Stopped after 1 of 2 steps$"):
        run(tasks, lambda task: stop.set(), clock=ManualClock(), notify=lambda event: None, stop=stop)


def test_who_only_waits_after_a_stop_is_not_given_more_time_for_saying_so() -> None:
    clock, stop, heard = ManualClock(), threading.Event(), threading.Semaphore(0)

    def act(task: Task) -> None:
        stop.set()
        for _ in range(60):
            clock.advance(1)
            wait(ManualClock(), Wait("gateway", "Azure is at work: Activating", 1, 900))
            heard.acquire(timeout=PATIENCE)

    def notify(event: Event) -> None:
        if event.state is State.WAITING:
            heard.release()

    with pytest.raises(Interrupted, match=r"still running in Azure: gateway$"):
        run([Task("a", "gateway")], act, clock=clock, notify=notify, stop=stop)
    heard.release(60)


def test_a_stop_after_the_last_task_is_too_late() -> None:
    stop = threading.Event()
    tasks = [Task("only", "only")]
    outcome = run(tasks, lambda task: stop.set(), clock=ManualClock(), notify=lambda event: None, stop=stop)
    assert len(outcome.of(State.DONE)) == 1


def test_a_mistake_of_ours_is_not_taken_for_azure_s() -> None:
    def act(task: Task) -> None:
        raise KeyError("ours")

    with pytest.raises(KeyError, match="ours"):
        run([Task("a", "a")], act, clock=ManualClock(), notify=lambda event: None, stop=threading.Event())


def test_tasks_must_be_told_apart_and_may_not_need_each_other_in_a_circle() -> None:
    world = World()
    with pytest.raises(ValueError, match="key"):
        world.run([Task("a", "a"), Task("a", "b")])
    with pytest.raises(ValueError, match="circle"):
        world.run([Task("a", "a", needs=frozenset({"b"})), Task("b", "b", needs=frozenset({"a"}))])


def test_an_event_says_how_long_it_took() -> None:
    clock = ManualClock()
    events: list[Event] = []
    run(
        [Task("a", "a")],
        lambda task: clock.advance(3),
        clock=clock,
        notify=events.append,
        stop=threading.Event(),
    )
    assert [(event.state, event.seconds) for event in events] == [(State.RUNNING, 0), (State.DONE, 3)]


def test_of_several_failures_the_first_is_raised_and_tells_the_others() -> None:
    errors: list[ApimlbError] = [QuotaError("no room"), CloudError("broken"), CloudError("broken")]
    with pytest.raises(QuotaError) as caught:
        raise_first(errors)
    assert caught.value.__notes__ == ["broken"]
    raise_first([])


def test_who_does_not_wait_leaves_when_only_azure_is_at_work() -> None:
    clock, hold = ManualClock(), threading.Event()
    tasks = [Task("short", "group"), Task("long", "gateway", needs=frozenset({"short"}))]
    tasks += [
        Task("beside", "account", needs=frozenset({"short"})),
        Task("after", "api", needs=frozenset({"long"})),
    ]

    def act(task: Task) -> None:
        if task.key == "long":
            clock.advance(6)
            wait(ManualClock(), Wait("gateway", "Azure is at work: Activating", 0, 900))
            hold.wait(PATIENCE)

    outcome = run(tasks, act, clock=clock, notify=lambda e: None, stop=threading.Event(), wait=False)
    hold.set()
    assert [task.key for task in outcome.under_way] == ["long"]
    assert {event.task.key for event in outcome.of(State.DONE)} == {"short", "beside"}


def test_who_does_not_wait_stays_while_there_is_trouble() -> None:
    clock, tries = ManualClock(), iter(range(3))

    def act(task: Task) -> None:
        for _ in tries:
            clock.advance(6)
            wait(ManualClock(), Wait("gateway", "409 Conflict", 0, 900, trouble=True))

    outcome = run(
        [Task("a", "a")], act, clock=clock, notify=lambda e: None, stop=threading.Event(), wait=False
    )
    assert outcome.under_way == ()
    assert [event.state for event in outcome.events] == [State.DONE]
