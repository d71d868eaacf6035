"""Noting what became of an offer or a referral; a move that their version does not allow any more is refused."""

from __future__ import annotations

from msgspec.structs import replace

from relationships.field_words import moment_words
from relationships.records import Offer, Referral
from relationships.states import IllegalMove, move_offer, move_referral, next_offer_states, next_referral_states
from relationships.vocabulary import OfferState, ReferralState
from screens.dialogs.decision import Decision
from screens.dialogs.move_form import MoveForm
from screens.journeys.desk import Desk, Edit
from screens.journeys.meeting import save_edit
from screens.widgets.paragraphs import Paragraph
from screens.words import by_words, name_of
from storage.errors import Conflict

Moving = Offer | Referral


async def move_on(desk: Desk, record: Moving) -> None:
    """Note what became of an offer or a referral."""
    book = desk.open_book
    name = name_of(book.book, record.practitioner)
    if not _next_states(record):
        desk.say(f"This {record.noun} has come to its end: {record.state.words}.")
        return
    current: Moving | None = record
    filled: Moving | None = None
    problem = ""
    while current is not None:
        user = book.author.user
        form = MoveForm(current, name, book.today, book.style, user=user, filled=filled, problem=problem)
        moved: Moving | None = await desk.ask(form)
        if moved is None:
            return
        filled = moved
        current, problem = await _save_move(desk, current, moved, name)


async def _save_move(desk: Desk, record: Moving, moved: Moving, name: str) -> tuple[Moving | None, str]:
    """Save a move; the record on which the form has to come back, if it has to, and what to say in it."""
    author = desk.open_book.author
    said = f"Noted: {record.noun}, {name}. u undoes."
    before = record
    while True:
        act = author.act(f"move {record.noun} on", author.edit(before, moved), subject=name)
        error = await desk.save(act, said)
        if error is None:
            return None, ""
        if not isinstance(error, Conflict):
            return record, error.advice
        theirs = desk.open_book.book.find(record.table, record.id)
        if not isinstance(theirs, Offer | Referral) or theirs.trashed_at is not None:
            edit = Edit[Moving](before, f"move {record.noun} on", name, said)
            unsettled = await save_edit(desk, edit, moved)
            return (None, "") if unsettled is None else (record, unsettled)
        try:
            moved = _moved(theirs, moved)
        except IllegalMove as refused:
            return await _ask_about_move(desk, theirs, moved, str(refused))
        who = by_words(desk.open_book, theirs.updated_by)
        if theirs.state is not before.state:
            said = f"Noted after what {who} noted meanwhile, {theirs.state.words}: {record.noun}, {name}. u undoes."
        before = theirs


def _next_states(record: Moving) -> tuple[OfferState | ReferralState, ...]:
    return next_offer_states(record) if isinstance(record, Offer) else next_referral_states(record)


def _moved(theirs: Moving, moved: Moving) -> Moving:
    """The same move, made on their version.

    Raises:
        IllegalMove: it cannot follow the state that theirs is in.
    """
    move = moved.moves[-1]
    if isinstance(theirs, Offer):
        return move_offer(theirs, OfferState(move.state), move.on, by=move.by, why=move.why)
    closed = moved.reason_closed if isinstance(moved, Referral) else None
    state = ReferralState(move.state)
    closed = closed if state is ReferralState.CLOSED else None
    return move_referral(theirs, state, move.on, by=move.by, why=move.why, reason_closed=closed)


async def _ask_about_move(desk: Desk, theirs: Moving, moved: Moving, refused: str) -> tuple[Moving | None, str]:
    """Somebody else moved it on: nothing is overwritten, and the note that was typed is not lost."""
    book = desk.open_book
    who, why = by_words(book, theirs.updated_by), moved.moves[-1].why
    answers = [("leave", f"leave it as {who} noted it: {theirs.state.words}")]
    if why:
        answers.insert(0, ("note", f"leave it {theirs.state.words}, and add your note to it"))
    if _next_states(theirs):
        answers.append(("move", f"note what came after {theirs.state.words}"))
    said = [Paragraph(refused)]
    if why:
        said.append(Paragraph(f"Your note: {why}", "dim"))
    heading = f"{who} noted {theirs.state.words} {moment_words(theirs.updated_at, book.today)}"
    answer = await desk.ask(Decision(heading, said, answers, back="drop the move"))
    if answer == "move":
        return theirs, f"It is {theirs.state.words} now, says {who}."
    if answer == "note":
        name = name_of(book.book, theirs.practitioner)
        note = "\n".join(part for part in (theirs.note, why) if part)
        edit = Edit[Moving](theirs, f"edit {theirs.noun}", name, f"Your note is saved: {theirs.noun}, {name}.")
        unsettled = await save_edit(desk, edit, replace(theirs, note=note))
        if unsettled is not None:
            return (theirs, unsettled) if _next_states(theirs) else (None, "")
        return None, ""
    desk.say(f"Left as {who} noted it: {theirs.state.words}.")
    return None, ""
