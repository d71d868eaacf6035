"""Records of a kind under keys, in an order: what a book keeps to be asked without searching."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Callable, Iterable
from typing import Any, Generic, TypeVar

from relationships.records import Record

R = TypeVar("R", bound=Record)


class Index(Generic[R]):
    """Records of one kind under one or several keys each, in a given order."""

    def __init__(
        self,
        keys: Callable[[R], Iterable[str]],
        order: Callable[[R], Any],
        source: Callable[[], Iterable[R]],
    ) -> None:
        self._keys = keys
        self._order = order
        self._source: Callable[[], Iterable[R]] | None = source
        self._lists: dict[str, list[R]] = {}
        self._unordered: set[str] = set()

    def _gather(self) -> None:
        """Put every record under its keys, when the index is first asked."""
        if self._source is None:
            return
        lists = self._lists
        records = list(self._source())
        for record, keys in zip(records, map(self._keys, records), strict=True):
            for key in keys:
                if key in lists:
                    lists[key].append(record)
                else:
                    lists[key] = [record]
        self._unordered.update(lists)
        self._source = None

    def __getitem__(self, key: str) -> list[R]:
        """The records under a key, in order; not to be changed by the caller."""
        self._gather()
        found = self._lists.get(key)
        if found is None:
            return []
        if key in self._unordered:
            found.sort(key=self._order)
            self._unordered.discard(key)
        return found

    def add(self, record: R) -> None:
        """Put a record where it belongs."""
        if self._source is not None:
            return
        for key in self._keys(record):
            found = self._lists.setdefault(key, [])
            if key in self._unordered:
                found.append(record)
            else:
                insort(found, record, key=self._order)

    def remove(self, record: R) -> None:
        """Take a record out."""
        if self._source is not None:
            return
        for key in self._keys(record):
            found = self[key]
            place = bisect_left(found, self._order(record), key=self._order)
            if place < len(found) and found[place].id == record.id:
                del found[place]
            if not found:
                del self._lists[key]
