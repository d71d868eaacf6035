"""The command `history`, and which act an id means."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import islice
from typing import Final

from relationships.act_words import changes_in_words
from relationships.book import Book
from relationships.changes import Act
from relationships.dates import DateProblem, parse_day
from relationships.past import concerns, local_day, taken_back
from storage.book_store import BookStore
from trainer_tui.cli_arguments import whole_number
from trainer_tui.errand import Answer, Errand
from trainer_tui.found import find_record
from trainer_tui.json_text import act_document, json_text
from trainer_tui.listing import one_line, table
from trainer_tui.problem import Problem

SHORTEST_ID: Final = 6
"""Characters of an act's id that are typed at the least."""
_MOST_ACTS: Final = 1_000_000_000


def history(errand: Errand) -> Answer:
    """Who changed what and when, newest first; when a record is named, what changed it or is about it.

    Raises:
        Problem: no record, or more than one, has that name; or an option cannot be understood.
        BookError: the book cannot be opened.
    """
    since, until = (_day(errand, option, default) for option, default in (("--since", date.min), ("--until", date.max)))
    limit = whole_number(errand.arguments, "--limit", _MOST_ACTS, _MOST_ACTS)
    store = errand.open_book(to_read=True)
    everything = list(store.history())
    wanted = islice(_wanted(errand, store.book, everything, since, until), limit)
    acts = list(wanted)
    fallen = taken_back(everything)
    if errand.json:
        documents = [{**act_document(act), "taken_back": act.id in fallen} for act in acts]
        return Answer(json_text({"book": str(store.path), "acts": documents}), kept=store)
    if not acts:
        narrowed = errand.arguments.words.strip() or errand.arguments.options.keys() & {"--by", "--since", "--until"}
        return Answer("Nothing like that was changed.\n" if narrowed else "Nothing was changed yet.\n", kept=store)
    if "--changes" in errand.arguments.options:
        ids = _short_ids(everything)
        text = "".join(_with_changes(act, ids[act.id], act.id in fallen, store, errand.clock.today()) for act in acts)
        return Answer(text, kept=store)
    rows = [(*_row(act), "taken back" if act.id in fallen else "") for act in acts]
    return Answer(table(("WHEN", "WHO", "WHAT", ""), rows, errand.width), kept=store)


def _wanted(errand: Errand, book: Book, acts: Iterable[Act], since: date, until: date) -> Iterator[Act]:
    by = errand.arguments.options.get("--by", "").casefold()
    named = errand.arguments.words
    record_id = find_record(book, named).id if named.strip() else ""
    for act in acts:
        if (
            since <= local_day(act.at) <= until
            and by in ("", act.by.casefold())
            and (not record_id or concerns(act, record_id))
        ):
            yield act


def _day(errand: Errand, option: str, default: date) -> date:
    typed = errand.arguments.options.get(option)
    if typed is None:
        return default
    try:
        return parse_day(typed, errand.clock.today(), style=errand.config.date_style, prefer="past")
    except DateProblem as problem:
        step = "Put a day of several words in quotation marks."
        raise Problem("That was not understood", f"{option}: {problem}", step) from None


def _row(act: Act) -> tuple[str, str, str]:
    return (f"{act.at.astimezone():%Y-%m-%d %H:%M}", act.by, act.words)


def _with_changes(act: Act, short_id: str, fallen: bool, store: BookStore, today: date) -> str:
    """An act with its short id, and under it each field before and after."""
    when, who, what = map(one_line, _row(act))
    lines = [f"{when}  {who}  {what}  [{short_id}]{'  taken back' if fallen else ''}"]
    for change in changes_in_words(act, store.book.find, today):
        lines.append(f"    {one_line(change.record)}: {change.verb}")
        lines += [f"        {name}: {one_line(words)}" for name, words in change.lines()]
    return "\n".join(lines) + "\n"


def _short_ids(acts: Sequence[Act]) -> dict[str, str]:
    """Each id as far as it has to be typed."""
    ordered = sorted({act.id for act in acts})
    found = {}
    for at, act_id in enumerate(ordered):
        beside = [*ordered[max(at - 1, 0) : at], *ordered[at + 1 : at + 2]]
        size = max((_shared(act_id, other) + 1 for other in beside), default=0)
        found[act_id] = act_id[: max(size, SHORTEST_ID)]
    return found


def _shared(one: str, other: str) -> int:
    """How many characters two ids begin with alike."""
    return next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def find_act(store: BookStore, typed: str) -> Act:
    """The act with this id, or with the one id that begins so.

    Raises:
        Problem: there is none, or several; or it was taken back already.
        BookError: the history cannot be read.
    """
    step = "`trainer-tui history --changes` shows the ids."
    acts = list(store.history())
    found = [act for act in acts if act.id == typed]
    if not found and len(typed) >= SHORTEST_ID:
        found = [act for act in acts if act.id.startswith(typed)]
    if not found:
        short = f" At least {SHORTEST_ID} characters of it are needed." if len(typed) < SHORTEST_ID else ""
        raise Problem("There is no such act", f'No act has an id that begins with "{typed}".{short}', step)
    if len(found) > 1:
        raise Problem(
            "Several acts have an id like that", f'"{typed}" may be {len(found)} of them.', "Type more of it."
        )
    if found[0].id in taken_back(acts):
        raise Problem("That was taken back already", f"“{found[0].words}” does not stand any more.", step)
    return found[0]
