"""The card of a practitioner: who they are, how to reach them, how the relationship stands."""

from __future__ import annotations

from relationships.cadence import NextStep, lateness_of, next_step, rhythm
from relationships.dates import day_words, echo, lateness
from relationships.records import Practice, Practitioner
from relationships.stages import activity, balance, last_two_way, stage
from relationships.vocabulary import Activity
from screens.lateness_tones import LATENESS_TONES
from screens.open_book import OpenBook
from screens.text import wrapped
from screens.widgets.text_lines import RULE, Span, TextLine, line

_WIDTH = 37
"""Cells of text in the card beside the timeline."""


def card_on_top(book: OpenBook, person: Practitioner) -> list[TextLine]:
    """Five lines for above the timeline."""
    practice = _practice(book, person)
    about = [person.discipline.words, practice.name if practice else "", f"tier {person.tier}" if person.tier else ""]
    header = TextLine(
        ((_full_name(person), "bold"), (_joined("", *about), "normal")),
        ((stage(book.book, person, book.today).words, "accent"),),
    )
    desk = ", ".join(keeper.name for keeper in practice.gatekeepers) if practice else ""
    reach = _dotted(
        person.phone or (practice.phone if practice else ""),
        person.email,
        f"best {practice.best_times}" if practice and practice.best_times else "",
        f"at the desk {desk}" if desk else "",
    )
    return [
        header,
        _next_line(book, person),
        line(reach or "no phone or email yet: e edits", "dim"),
        line(_dotted(_spoken(book, person), _rhythm(book, person), _referrals(book, person)), "dim"),
        RULE,
    ]


def card_beside(book: OpenBook, person: Practitioner) -> list[TextLine]:
    """The card as a column of its own."""
    practice = _practice(book, person)
    lines = [line(text, "bold") for text in wrapped(_full_name(person), _WIDTH, 2)]
    tier = f"tier {person.tier}" if person.tier else "no tier"
    lines += [
        line(_dotted(person.discipline.words, tier)),
        line(stage(book.book, person, book.today).words, "accent"),
        TextLine(),
        *_next_lines(book, person),
        TextLine(),
    ]
    if practice is not None:
        lines.append(line(practice.name))
        parts = (practice.address, practice.city, practice.hours)
        lines += [line(part, "dim") for part in parts if part]
        if practice.best_times:
            lines.append(line(f"best {practice.best_times}", "dim"))
        lines += [line(_joined_role(k.name, k.role), "dim") for k in practice.gatekeepers[:3]]
        lines.append(TextLine())
    phone = person.phone or (practice.phone if practice else "")
    lines += [line(part) for part in (phone, person.email) if part]
    if person.do_not_contact:
        lines.append(line("do not contact", "red"))
    lines += [TextLine(), *(line(text, "dim") for text in (_spoken(book, person), _rhythm(book, person)) if text)]
    lines.append(line(_referrals(book, person), "dim"))
    if person.specialties:
        lines += [TextLine(), *(line(text, "dim") for text in wrapped(", ".join(person.specialties), _WIDTH, 2))]
    if person.notes:
        lines += [TextLine(), *(line(text) for text in wrapped(person.notes, _WIDTH, 6))]
    return lines


def _practice(book: OpenBook, person: Practitioner) -> Practice | None:
    found = (book.book.practices.get(practice) for practice in person.practices)
    return next((practice for practice in found if practice is not None and practice.trashed_at is None), None)


def _next(book: OpenBook, person: Practitioner) -> tuple[NextStep, Span] | None:
    step = next_step(book.book, person.id)
    if step is None:
        return None
    tone = LATENESS_TONES[lateness_of(book.book, person, book.today, book.rules)]
    return step, (lateness(step.day, book.today), tone)


def _next_line(book: OpenBook, person: Practitioner) -> TextLine:
    found = _next(book, person)
    if found is None:
        return TextLine((("Next  ", "dim"), ("nothing agreed: f sets a next step", "dim")))
    step, late = found
    return TextLine((("Next  ", "dim"), (f"{echo(step.day, book.today)}  {step.words}", "normal")), (late,))


def _next_lines(book: OpenBook, person: Practitioner) -> list[TextLine]:
    found = _next(book, person)
    if found is None:
        return [line("Nothing agreed: f sets a next step", "dim")]
    step, late = found
    when = TextLine((("Next  ", "dim"), (echo(step.day, book.today), "normal"), ("  ", "dim"), late))
    return [when, *map(line, wrapped(step.words, _WIDTH, 3))]


def _spoken(book: OpenBook, person: Practitioner) -> str:
    last = last_two_way(book.book, person.id, book.today)
    return "not spoken with yet" if last is None else f"last spoke {day_words(last.day, book.today)}"


def _rhythm(book: OpenBook, person: Practitioner) -> str:
    own = rhythm(person, book.rules)
    return "" if own is None else f"rhythm {own.target}/{own.limit} days"


def _referrals(book: OpenBook, person: Practitioner) -> str:
    count = balance(book.book, person.id)
    words = f"given {count.given}, received {count.received}"
    flowing = activity(book.book, person.id, book.today)
    return words if flowing is Activity.NEVER else f"{words}, {flowing.words}"


def _full_name(person: Practitioner) -> str:
    return f"{person.name} {person.post_nominals}".rstrip()


def _dotted(*parts: str) -> str:
    return " · ".join(part for part in parts if part)


def _joined(first: str, *parts: str) -> str:
    return first + "".join(f" · {part}" for part in parts if part)


def _joined_role(name: str, role: str) -> str:
    return f"{name}, {role}" if role else name
