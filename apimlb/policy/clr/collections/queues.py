"""Queue<T> and Stack<T>."""

from collections import deque
from collections.abc import Iterable, Iterator

from apimlb.policy.clr.collections.containers import bounded, unchanged
from apimlb.policy.clr.collections.hash_tables import MODIFIED_SET
from apimlb.policy.clr.exceptions import invalid_operation


class ClrQueue:
    """Queue<T>, or Stack<T> where that is its `kind`."""

    __slots__ = ("element", "items", "kind", "version")

    def __init__(self, items: Iterable[object], element: str, kind: str = "Queue") -> None:
        self.items: deque[object] = deque()
        self.element = element
        self.kind = kind
        self.version = 0
        for item in items:
            self.push(item)

    @property
    def clr_name(self) -> str:
        return f"System.Collections.Generic.{self.kind}`1[{self.element}]"

    def push(self, item: object) -> None:
        bounded(len(self.items) + 1)
        self.version += 1
        if self.kind == "Stack":
            self.items.appendleft(item)
        else:
            self.items.append(item)

    def peek(self) -> object:
        if not self.items:
            raise invalid_operation(f"{self.kind} empty.")
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
        return unchanged(self, self.version, self.items, MODIFIED_SET)

    def __len__(self) -> int:
        return len(self.items)
