"""What a trainer wants to know at the door: one page before a visit (DESIGN.md section 6, the brief)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Final

import msgspec

from relationships.book import Book
from relationships.cadence import next_step
from relationships.dates import ago, echo, short_day
from relationships.parts import Promise
from relationships.records import Practice, Practitioner, Touch
from relationships.stages import balance, done_by, stage
from relationships.states import offer_open, referral_open
from relationships.timeline import touch_words
from relationships.vocabulary import PromisedBy

LAST_TOUCHES: Final = 3


class Part(msgspec.Struct, frozen=True):
    """Lines under one heading."""

    heading: str
    lines: tuple[str, ...]


class Brief(msgspec.Struct, frozen=True):
    """The page: who it is, and the parts that have something to say, in the order in which they are wanted."""

    heading: str
    parts: tuple[Part, ...]


class Owed(msgspec.Struct, frozen=True):
    """A promise that is not kept yet, and the touch in which it was given."""

    promise: Promise
    touch: Touch


def promises(book: Book, practitioner_id: str, by: PromisedBy) -> tuple[Owed, ...]:
    """What one side still owes the other, the oldest first (DOMAIN.md section 1, row 22)."""
    found = [
        Owed(promise, touch)
        for touch in book.touches_with(practitioner_id)
        if touch.done_on is not None
        for promise in touch.promised
        if promise.by is by and promise.kept_on is None
    ]
    return tuple(reversed(found))


def brief(book: Book, person: Practitioner, today: date) -> Brief:
    """Everything for the visit, from the book as it is today."""
    parts = (
        Part("Next", tuple(_next(book, person, today))),
        Part("Last touches", tuple(_last(book, person, today))),
        Part("You owe", tuple(_owed(promises(book, person.id, PromisedBy.US), today))),
        Part("They owe", tuple(_owed(promises(book, person.id, PromisedBy.THEM), today))),
        Part("Open between you", tuple(_open(book, person, today))),
        Part("At the door", tuple(_door(book, person))),
        Part("Ask", tuple(_questions(book, person, today))),
    )
    letters = f" {person.post_nominals}" if person.post_nominals else ""
    standing = f"{person.discipline.words}, {stage(book, person, today).words}"
    return Brief(f"{person.name}{letters} · {standing}", tuple(part for part in parts if part.lines))


def _next(book: Book, person: Practitioner, today: date) -> Iterator[str]:
    step = next_step(book, person.id)
    if step is not None:
        yield f"{echo(step.day, today)}: {step.words}" if step.words else echo(step.day, today)


def _last(book: Book, person: Practitioner, today: date) -> Iterator[str]:
    done = (touch for touch in book.touches_with(person.id) if done_by(touch, today))
    for touch, _ in zip(done, range(LAST_TOUCHES), strict=False):
        said = touch_words(touch)
        who = f" (met {', '.join(touch.people_met)})" if touch.people_met else ""
        yield f"{short_day(touch.day, today)}, {touch.kind.short}{who}{': ' if said else ''}{said}"


def _owed(owed: Iterable[Owed], today: date) -> Iterator[str]:
    for each in owed:
        yield f"{each.promise.text} (since {short_day(each.touch.day, today)}, {ago(each.touch.day, today)})"


def _open(book: Book, person: Practitioner, today: date) -> Iterator[str]:
    for offer in book.offers_to(person.id):
        if offer_open(offer):
            since = f" {short_day(offer.made_on, today)}" if offer.made_on is not None else ""
            yield f"{offer.kind.words} {offer.state.words}{since}: {offer.what}"
    for referral in book.referrals_with(person.id):
        if referral_open(referral):
            about = " ".join(part for part in (referral.client_code, referral.reason) if part)
            yield f"referral {referral.direction.words}, {referral.state.words}: {about}".rstrip(": ")
    count = balance(book, person.id)
    if count.given or count.received:
        yield f"referrals so far: received {count.received}, given {count.given}"


def _door(book: Book, person: Practitioner) -> Iterator[str]:
    """Who guards the diary, the good hours, and how to reach them."""
    for practice in (book.practices[each] for each in person.practices if each in book.practices):
        place = ", ".join(part for part in (practice.name, practice.address, practice.city) if part)
        yield f"{place}{f', {practice.distance_min} min away' if practice.distance_min is not None else ''}"
        for keeper in practice.gatekeepers:
            role = f" ({keeper.role})" if keeper.role else ""
            yield f"ask for {keeper.name}{role}{f': {keeper.note}' if keeper.note else ''}"
        if practice.best_times or practice.hours:
            yield f"good hours: {practice.best_times or practice.hours}"
    reach = [part for part in (person.phone, person.email) if part]
    if reach:
        yield " · ".join(reach)
    if person.do_not_contact:
        yield "has asked not to be contacted"


def _questions(book: Book, person: Practitioner, today: date) -> Iterator[str]:
    """What the book does not know yet and a visit can find out (DOMAIN.md section 1, rows 1, 16 and 25)."""
    places = [book.practices[each] for each in person.practices if each in book.practices]
    if not places:
        yield "Where do they work, and who keeps the diary?"
    elif not any(place.gatekeepers for place in places):
        yield "Who keeps the diary at the desk?"
    if places and not any(_knows_whom(place) for place in places):
        yield "Whom do they take, and what do they need with a referral?"
    if places and all(place.route_given_on is None for place in places):
        yield "Leave the one-step way to refer to you."
    if not person.expects_from_trainer:
        yield "What do they expect from a trainer?"
    if not person.report_preference.format and person.report_preference.channel is None:
        yield "How, and how often, do they want to hear about a shared client?"
    if not (person.phone or person.email):
        yield "How do they like to be reached?"


def _knows_whom(practice: Practice) -> bool:
    accepts = practice.accepts
    return bool(accepts.conditions or accepts.payers or accepts.requirements)


def brief_text(page: Brief, width: int = 78) -> str:
    """The page as plain text, for a printer or a pocket."""
    from textwrap import wrap

    lines = [page.heading, "=" * min(len(page.heading), width)]
    for part in page.parts:
        lines += ["", part.heading.upper()]
        for said in part.lines:
            words = " ".join(said.split())
            lines += wrap(words, width, initial_indent="  - ", subsequent_indent="    ") or ["  -"]
    return "\n".join(lines) + "\n"
