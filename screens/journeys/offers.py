"""Making offers, noting referrals, and moving both on."""

from __future__ import annotations

from relationships.records import Offer, Practitioner, Referral
from relationships.states import next_offer_states, next_referral_states
from relationships.vocabulary import ReferralDirection
from screens.dialogs.move_form import MoveForm
from screens.dialogs.offer_form import OfferForm
from screens.dialogs.pick import PickPractitioner
from screens.dialogs.referral_form import ReferralForm
from screens.journeys.desk import Desk, add_record, edit_record
from screens.words import name_of


async def make_offer(desk: Desk, person: Practitioner | None) -> None:
    """Offer to refer to each other, or invite somebody to train."""
    book = desk.open_book
    person = person or await desk.ask(PickPractitioner(book, "An offer to whom?"))
    if person is None:
        return
    name, user = person.name, book.author.user
    await add_record(
        desk,
        book.author.new(Offer, practitioner=person.id, made_on=book.today),
        lambda record, problem: OfferForm(record, name, book.today, book.style, user=user, problem=problem),
        "make offer",
        name,
        f"The offer to {name} is noted. Screen 4 shows what became of it.",
    )


async def note_referral(desk: Desk, person: Practitioner | None) -> None:
    """A client was sent, either way."""
    book = desk.open_book
    person = person or await desk.ask(PickPractitioner(book, "A referral from or to whom?"))
    if person is None:
        return
    name, user = person.name, book.author.user
    blank = book.author.new(
        Referral, practitioner=person.id, direction=ReferralDirection.RECEIVED, received_on=book.today
    )
    await add_record(
        desk,
        blank,
        lambda record, problem: ReferralForm(record, name, book.today, book.style, user=user, problem=problem),
        "note referral",
        name,
        f"The referral is noted: {name}. Screen 4 shows what became of it.",
    )


async def edit_offer(desk: Desk, record: Offer | Referral) -> None:
    """Change an offer or a referral."""
    book = desk.open_book
    name, user = name_of(book.book, record.practitioner), book.author.user
    said = f"Saved: {record.noun}, {name}."
    if isinstance(record, Offer):
        await edit_record(
            desk,
            record,
            lambda offer, problem: OfferForm(offer, name, book.today, book.style, user=user, problem=problem),
            "edit offer",
            name,
            said,
        )
    else:
        await edit_record(
            desk,
            record,
            lambda referral, problem: ReferralForm(referral, name, book.today, book.style, user=user, problem=problem),
            "edit referral",
            name,
            said,
        )


async def move_on(desk: Desk, record: Offer | Referral) -> None:
    """Note what became of an offer or a referral."""
    book = desk.open_book
    states = next_offer_states(record) if isinstance(record, Offer) else next_referral_states(record)
    name = name_of(book.book, record.practitioner)
    if not states:
        desk.say(f"This {record.noun} has come to its end: {record.state.words}.")
        return
    await edit_record(
        desk,
        record,
        lambda now, problem: MoveForm(now, name, book.today, book.style, user=book.author.user, problem=problem),
        f"move {record.noun} on",
        name,
        f"Noted: {record.noun}, {name}. u undoes.",
    )
