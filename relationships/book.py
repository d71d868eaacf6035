"""The book in memory: every record, and the indexes that the rules and screens ask.

Applying an act costs the size of the act, not of the book. Lists are put in order when they are first asked for and
kept in order from then on, so that opening a book pays for nothing that is not looked at.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from functools import partial
from operator import attrgetter
from typing import Any, TypeVar, cast

from relationships.changes import Act, Change
from relationships.index import Index
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
from relationships.vocabulary import FollowUpState, OfferState, PromisedBy, ReferralState

R = TypeVar("R", bound=Record)


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


def _owes(touch: Touch) -> bool:
    return any(promise.kept_on is None and promise.by is PromisedBy.US for promise in touch.promised)


_WAITING = frozenset({OfferState.MADE, OfferState.INVITED})
_ENDED = frozenset({ReferralState.COMPLETED, ReferralState.ENDED_EARLY})
_CLOSED = frozenset(
    {
        ReferralState.CLOSED,
        ReferralState.RETURNED,
        ReferralState.DECLINED,
        ReferralState.NO_REPLY,
        ReferralState.DID_NOT_ATTEND,
    }
)


def _loop_open(referral: Referral) -> bool:
    """Somebody is still to be told, or asked: it goes on, or has ended without the outcome having been told."""
    return not referral.loop.outcome if referral.state in _ENDED else referral.state not in _CLOSED


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
        self._touches_by_practitioner: Index[Touch] = Index(attrgetter("practitioners"), newest_first, touches)
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
        self._at_desk: Index[Touch] = Index(
            lambda r: (r.practice,) if r.practice and not r.practitioners else (),
            newest_first,
            lambda: [r for r in self.touches.values() if not r.practitioners and r.practice and r.trashed_at is None],
        )
        self._owing: Index[Touch] = Index(
            lambda r: (ALL,) if _owes(r) else (),
            newest_first,
            lambda: [r for r in self.touches.values() if r.promised and _owes(r) and r.trashed_at is None],
        )
        self._waiting_offers: Index[Offer] = Index(
            lambda r: (ALL,) if r.state in _WAITING else (),
            _offer_order,
            lambda: [r for r in self.offers.values() if r.state in _WAITING and r.trashed_at is None],
        )
        self._open_loops: Index[Referral] = Index(
            lambda r: (ALL,) if _loop_open(r) else (),
            _referral_order,
            lambda: [r for r in self.referrals.values() if _loop_open(r) and r.trashed_at is None],
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
                self._at_desk,
                self._owing,
            ),
            FollowUp.table: (self._follow_ups, self._open_follow_ups),
            Offer.table: (self._offers, self._waiting_offers),
            Referral.table: (self._referrals, self._open_loops),
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

    def owing_touches(self) -> list[Touch]:
        """Every live touch with a promise of ours that is not kept, newest first."""
        return self._owing[ALL]

    def touches_with(self, practitioner: str) -> list[Touch]:
        """The live touches with a practitioner, newest first."""
        return self._touches_by_practitioner[practitioner]

    def touches_at(self, practice: str) -> list[Touch]:
        """The live touches that name a practice, newest first."""
        return self._touches_by_practice[practice]

    def touches_at_desk(self, practice: str) -> list[Touch]:
        """The live touches with a practice as such, with none of its practitioners, newest first."""
        return self._at_desk[practice]

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

    def waiting_offers(self) -> list[Offer]:
        """The live offers and invitations that nobody has answered, newest first."""
        return self._waiting_offers[ALL]

    def open_loops(self) -> list[Referral]:
        """The live referrals about which somebody is still to be told or asked, newest first."""
        return self._open_loops[ALL]

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
