"""Making offers and noting referrals, and changing both."""

from __future__ import annotations

from relationships.records import Offer, Practitioner, Referral
from relationships.vocabulary import ReferralDirection
from screens.dialogs.offer_form import OfferForm
from screens.dialogs.pick import PickPractitioner
from screens.dialogs.referral_form import ReferralForm
from screens.journeys.desk import Desk, Edit, add_record, edit_record
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
            Edit(record, "edit offer", name, said),
            lambda offer, problem: OfferForm(offer, name, book.today, book.style, user=user, problem=problem),
        )
    else:
        await edit_record(
            desk,
            Edit(record, "edit referral", name, said),
            lambda referral, problem: ReferralForm(referral, name, book.today, book.style, user=user, problem=problem),
        )
