"""The commands that only read: `list`, `show`, `where`; `history` has a module of its own."""

from __future__ import annotations

from typing import Final

from relationships.records import Practitioner
from storage.errors import BookError, BookMissing
from trainer_tui.config import SAMPLE
from trainer_tui.errand import Answer, Errand
from trainer_tui.found import find_record
from trainer_tui.json_text import entry_document, json_text, record_document
from trainer_tui.listed import KIND_WORDS, LISTINGS, listed_practitioner, matching
from trainer_tui.listing import one_line, table
from trainer_tui.problem import Problem
from trainer_tui.shown import shown, timeline
from trainer_tui.whereabouts import Whereabouts

_FAILED: Final = 2


def list_kind(errand: Errand) -> Answer:
    """The records of one kind, those in which every word of the query stands.

    Raises:
        Problem: there is no such kind.
        BookError: the book cannot be opened.
    """
    kind = errand.arguments.words.strip().casefold()
    if kind not in KIND_WORDS:
        raise Problem("There is no such list", f'"{kind}" is none of {", ".join(KIND_WORDS)}.')
    listing = LISTINGS[KIND_WORDS[kind]]
    today = errand.clock.today()
    query = errand.arguments.options.get("--query", "")
    store = errand.open_book(to_read=True)
    lines = matching(store.book, listing.lines(store.book, today), query)
    if errand.json:
        records = [record_document(line.record, line.derived) for line in lines]
        found = {"book": str(store.path), "table": KIND_WORDS[kind], "day": today, "records": records}
        return Answer(json_text(found), kept=store)
    if not lines:
        return Answer(f"No {kind} here{' with these words' if query else ''}.\n", kept=store)
    return Answer(table(listing.headings, [line.cells for line in lines], errand.width), kept=store)


def show(errand: Errand) -> Answer:
    """One record, and the timeline of a practitioner or a practice.

    Raises:
        Problem: no record, or more than one, has that name.
        BookError: the book cannot be opened.
    """
    store, today = errand.open_book(to_read=True), errand.clock.today()
    book = store.book
    record = find_record(book, errand.arguments.words)
    if not errand.json:
        return Answer(shown(book, record, today), kept=store)
    derived = listed_practitioner(book, record, today).derived if isinstance(record, Practitioner) else None
    found = {
        "book": str(store.path),
        "day": today,
        "record": record_document(record, derived),
        "timeline": [entry_document(entry) for entry in timeline(book, record, today)],
    }
    return Answer(json_text(found), kept=store)


def where(errand: Errand) -> Answer:
    """Which files are used and what is in the book; a book that cannot be opened is said so, after the paths."""
    if "--sample-config" in errand.arguments.options:
        return Answer(SAMPLE)
    places = Whereabouts(errand)
    code, problem = 0, ""
    try:
        store = errand.open_book(to_read=True)
    except BookMissing:
        problem = "There is no book there yet; opening the app makes one."
    except BookError as error:
        code, problem = _FAILED, f"{error.title}. {error}"
    else:
        places.take(store)
    if errand.json:
        return Answer(json_text({**places.document(), "problem": problem}), code)
    return Answer(places.text(), code, (one_line(problem),) if problem else ())
