"""Queue<T> and Stack<T>."""

from collections import deque
from collections.abc import Iterable, Iterator

from apimlb.policy.clr.collections.containers import bounded, unchanged
from apimlb.policy.clr.collections.hash_tables import MODIFIED_SET
from apimlb.policy.clr.exceptions import invalid_operation


class ClrQueue:
    """Queue<T>, and with `last_first` Stack<T>."""

    __slots__ = ("element", "items", "last_first", "version")

    def __init__(self, items: Iterable[object], element: str, last_first: bool = False) -> None:
        self.items: deque[object] = deque()
        self.element = element
        self.last_first = last_first
        self.version = 0
        for item in items:
            self.push(item)

    @property
    def clr_name(self) -> str:
        return f"System.Collections.Generic.{'Stack' if self.last_first else 'Queue'}`1[{self.element}]"

    def push(self, item: object) -> None:
        bounded(len(self.items) + 1)
        self.version += 1
        if self.last_first:
            self.items.appendleft(item)
        else:
            self.items.append(item)

    def peek(self) -> object:
        if not self.items:
            raise invalid_operation(f"{'Stack' if self.last_first else 'Queue'} empty.")
        return self.items[0]

    def pop(self) -> object:
        first = self.peek()
        self.version += 1
        self.items.popleft()
        return first

    def clear(self) -> None:
        self.version += 1
        self.items.clear()

    def __iter__(self) -> Iterator[object]:
        return unchanged(self, self.items, MODIFIED_SET)

    def __len__(self) -> int:
        return len(self.items)
