"""The book in memory: every record, and the indexes that the rules and screens ask.

Applying an act costs the size of the act, not of the book. Lists are put in order when they are first asked for and
kept in order from then on, so that opening a book pays for nothing that is not looked at.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any, Generic, TypeVar, cast

from relationships.changes import Act, Change
from relationships.records import (
    KIND_OF_TABLE,
    KINDS,
    FollowUp,
    Offer,
    Practice,
    Practitioner,
    Record,
    Referral,
    Touch,
)
from relationships.vocabulary import FollowUpState

R = TypeVar("R", bound=Record)


class Index(Generic[R]):
    """Records of one kind under one or several keys each, in a given order."""

    def __init__(
        self, keys: Callable[[R], Iterable[str]], order: Callable[[R], Any], source: Callable[[], Iterable[R]]
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
        keys, lists = self._keys, self._lists
        for record in self._source():
            for key in keys(record):
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


ALL = ""
"""The key under which an index holds every record of its kind."""


_LAST_MOMENT = datetime.max.replace(tzinfo=UTC)


def newest_first(record: Touch) -> tuple[int, timedelta, str]:
    """The order of touches: the latest day first, then the latest entered."""
    return (-(record.done_on or record.day).toordinal(), _LAST_MOMENT - record.created_at, record.id)


def _follow_up_order(record: FollowUp) -> tuple[date, str]:
    return (record.due, record.id)


def _offer_order(record: Offer) -> tuple[int, str]:
    return (-(record.made_on or record.created_at.date()).toordinal(), record.id)


def _referral_order(record: Referral) -> tuple[int, str]:
    return (-record.day.toordinal(), record.id)


def _name_order(record: Practitioner | Practice) -> tuple[str, str]:
    return (record.name.casefold(), record.id)


def _live(table: Mapping[str, R]) -> list[R]:
    return [record for record in table.values() if record.trashed_at is None]


class Book:
    """Every record of a book, and what it knows about them without searching.

    Trashed records stay in the tables; the indexes hold live ones only.
    """

    def __init__(self, tables: Mapping[str, Mapping[str, Record]] | None = None, sequence: int = 0) -> None:
        tables = tables or {}
        self.sequence = sequence
        """The sequence number of the last act applied."""
        self.tables: dict[str, dict[str, Record]] = {kind.table: dict(tables.get(kind.table, {})) for kind in KINDS}
        touches = partial(_live, self.touches)
        follow_ups = partial(_live, self.follow_ups)
        self._touches_by_practitioner: Index[Touch] = Index(lambda r: r.practitioners, newest_first, touches)
        self._touches_by_practice: Index[Touch] = Index(
            lambda r: (r.practice,) if r.practice else (), newest_first, touches
        )
        self._touches: Index[Touch] = Index(lambda r: (ALL,), newest_first, touches)
        self._planned: Index[Touch] = Index(
            lambda r: (ALL,) if r.planned else (),
            lambda r: (r.day, r.id),
            lambda: [r for r in self.touches.values() if r.done_on is None and r.planned and r.trashed_at is None],
        )
        self._follow_ups: Index[FollowUp] = Index(
            lambda r: (r.practitioner or r.practice or ALL,), _follow_up_order, follow_ups
        )
        self._open_follow_ups: Index[FollowUp] = Index(
            lambda r: (ALL,) if r.state is FollowUpState.OPEN else (),
            _follow_up_order,
            lambda: [r for r in self.follow_ups.values() if r.state is FollowUpState.OPEN and r.trashed_at is None],
        )
        self._offers: Index[Offer] = Index(lambda r: (ALL, r.practitioner), _offer_order, partial(_live, self.offers))
        self._referrals: Index[Referral] = Index(
            lambda r: (ALL, r.practitioner), _referral_order, partial(_live, self.referrals)
        )
        self._practitioners: Index[Practitioner] = Index(
            lambda r: (ALL, *r.practices), _name_order, partial(_live, self.practitioners)
        )
        self._practices: Index[Practice] = Index(lambda r: (ALL,), _name_order, partial(_live, self.practices))
        self._indexes: dict[str, tuple[Index[Any], ...]] = {
            Touch.table: (
                self._touches_by_practitioner,
                self._touches_by_practice,
                self._touches,
                self._planned,
            ),
            FollowUp.table: (self._follow_ups, self._open_follow_ups),
            Offer.table: (self._offers,),
            Referral.table: (self._referrals,),
            Practitioner.table: (self._practitioners,),
            Practice.table: (self._practices,),
        }

    def _table(self, kind: type[R]) -> dict[str, R]:
        return cast("dict[str, R]", self.tables[kind.table])

    @property
    def practitioners(self) -> Mapping[str, Practitioner]:
        """All practitioners by id, trashed ones too."""
        return self._table(Practitioner)

    @property
    def practices(self) -> Mapping[str, Practice]:
        """All practices by id, trashed ones too."""
        return self._table(Practice)

    @property
    def touches(self) -> Mapping[str, Touch]:
        """All touches by id, trashed ones too."""
        return self._table(Touch)

    @property
    def follow_ups(self) -> Mapping[str, FollowUp]:
        """All follow-ups by id, trashed ones too."""
        return self._table(FollowUp)

    @property
    def offers(self) -> Mapping[str, Offer]:
        """All offers by id, trashed ones too."""
        return self._table(Offer)

    @property
    def referrals(self) -> Mapping[str, Referral]:
        """All referrals by id, trashed ones too."""
        return self._table(Referral)

    def find(self, table: str, record_id: str) -> Record | None:
        """The record with this id, or None."""
        return self.tables.get(table, {}).get(record_id)

    def all_practitioners(self) -> list[Practitioner]:
        """Every live practitioner, by name."""
        return self._practitioners[ALL]

    def all_practices(self) -> list[Practice]:
        """Every live practice, by name."""
        return self._practices[ALL]

    def practitioners_at(self, practice: str) -> list[Practitioner]:
        """The live practitioners who work at a practice, by name."""
        return self._practitioners[practice]

    def all_touches(self) -> list[Touch]:
        """Every live touch, newest first."""
        return self._touches[ALL]

    def planned_touches(self) -> list[Touch]:
        """Every live planned touch, soonest first."""
        return self._planned[ALL]

    def touches_with(self, practitioner: str) -> list[Touch]:
        """The live touches with a practitioner, newest first."""
        return self._touches_by_practitioner[practitioner]

    def touches_at(self, practice: str) -> list[Touch]:
        """The live touches that name a practice, newest first."""
        return self._touches_by_practice[practice]

    def follow_ups_of(self, subject: str) -> list[FollowUp]:
        """All live follow-ups of a practitioner (or of a practice as such), soonest first."""
        return self._follow_ups[subject]

    def open_follow_ups(self) -> list[FollowUp]:
        """Every open follow-up, soonest first."""
        return self._open_follow_ups[ALL]

    def all_offers(self) -> list[Offer]:
        """Every live offer and invitation, newest first."""
        return self._offers[ALL]

    def offers_to(self, practitioner: str) -> list[Offer]:
        """The live offers and invitations to a practitioner, newest first."""
        return self._offers[practitioner]

    def all_referrals(self) -> list[Referral]:
        """Every live referral, newest first."""
        return self._referrals[ALL]

    def referrals_with(self, practitioner: str) -> list[Referral]:
        """The live referrals from or to a practitioner, newest first."""
        return self._referrals[practitioner]

    def apply(self, act: Act) -> None:
        """Take an act in."""
        for change in act.changes:
            self._apply(change)
        if act.sequence:
            self.sequence = act.sequence

    def _apply(self, change: Change) -> None:
        table = self.tables[change.table]
        indexes = self._indexes[change.table]
        old = table.get(change.id)
        if old is not None and old.trashed_at is None:
            for index in indexes:
                index.remove(old)
        if change.after is None:
            table.pop(change.id, None)
            return
        table[change.id] = change.after
        if change.after.trashed_at is None:
            for index in indexes:
                index.add(change.after)


def records_of(book: Book) -> Iterator[Record]:
    """Every record, table by table in the order of the book file."""
    for table in KIND_OF_TABLE:
        yield from book.tables[table].values()
