"""Another program spoils the files of an open book: told once, nothing overwritten, and it goes on by itself."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from relationships.changes import Clock
from relationships.records import Touch
from relationships.vocabulary import TouchKind
from storage.book_store import BookStore
from storage.errors import BookError
from trainer_tui.upkeep import CAN_SAVE, CHANGED_OUTSIDE

if TYPE_CHECKING:
    from tests.app_driving import OtherSession
    from tests.app_watching import Watching

SIZES = ((80, 24), (120, 40))


def log(store: BookStore, practitioner: str, note: str) -> None:
    author, day = store.author, date(2026, 11, 23)
    touch = author.new(Touch, practitioners=(practitioner,), kind=TouchKind.VISIT, done_on=day, two_way=True, note=note)
    store.commit(author.act("log a visit", author.add(touch)))


def edited(path: Path, old: str = "Ruth Cohen", new: str = "Ruth Ames") -> bytes:
    """The content as an editor would save it."""
    content = path.read_bytes()
    assert content.count(old.encode()) == 1
    return content.replace(old.encode(), new.encode())


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(
    ("spoiled", "sentence"),
    [
        (lambda content: content[:-40], "The book is damaged."),
        (lambda content: b"", "is empty"),
        (lambda content: b'{"_default":{}}', "That is not a trainer-tui book."),
    ],
)
async def test_an_unsound_file_is_told_once_and_nothing_is_overwritten_until_it_is_sound_again(
    watching: Watching,
    studio_book: Path,
    size: tuple[int, int],
    spoiled: Callable[[bytes], bytes],
    sentence: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with watching(size) as watched:
        session = watched.session
        sound = edited(studio_book)
        studio_book.write_bytes(spoiled(sound))
        await watched.tells(sentence)
        assert "Ruth Cohen" in session.text
        for place in "132":
            await session.press(place)
            await watched.tells(sentence)
        readings = watched.readings
        await watched.rest()
        assert watched.readings == readings
        await session.press("l")
        await session.on("LogLine")
        await session.type("visit ruth today hi")
        await session.press("enter")
        await session.settle()
        await session.on("LogLine")
        assert studio_book.read_bytes() == spoiled(sound)
        assert not studio_book.with_name("book.json.journal").exists()
        studio_book.write_bytes(sound)
        await session.until(lambda: session.app.open_book.trouble is None)
        await session.press("enter")
        await session.sees("Logged: visit with Ruth Ames.")
        await watched.tells_no_more(sentence)
        for place in "132":
            await session.press(place)
            await watched.tells_no_more(sentence)
        assert len(session.on_disk().touches_with("ruth")) == 1


async def test_another_fault_is_told_anew_and_the_message_goes_with_the_last_one(
    watching: Watching, studio_book: Path
) -> None:
    sound = studio_book.read_bytes()
    async with watching() as watched:
        session = watched.session
        studio_book.write_bytes(sound[:-40])
        await watched.tells("ends in the middle")
        studio_book.write_bytes(b"")
        await watched.tells("is empty")
        studio_book.write_bytes(sound)
        await watched.tells_no_more("is empty")
        await watched.tells_no_more("ends in the middle")
        await watched.rest()
        assert CHANGED_OUTSIDE not in session.text


async def test_a_book_that_is_deleted_and_put_back(watching: Watching, studio_book: Path) -> None:
    async with watching() as watched:
        session = watched.session
        kept = studio_book.rename(studio_book.with_name("kept.json"))
        await session.sees("The book is gone.", "Ruth Cohen")
        readings = watched.readings
        await watched.rest()
        assert watched.readings == readings
        kept.rename(studio_book)
        await session.sees_no("The book is gone.")
        await session.press("l")
        await session.on("LogLine")
        await session.type("visit ruth today hi")
        await session.press("enter")
        await session.sees("Logged: visit with Ruth Cohen.")
        folder = studio_book.parent.rename(studio_book.parent.with_name("away"))
        await session.sees("The book is gone.")
        shutil.copytree(folder, studio_book.parent)
        await session.sees_no("The book is gone.")


async def test_what_was_saved_before_the_book_was_away_is_folded_once_it_is_back(
    watching: Watching, studio_book: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(BookStore, "fold_pause", 0.6)
    async with watching() as watched:
        session = watched.session
        await session.press("l")
        await session.on("LogLine")
        await session.type("visit ruth today hi")
        await session.press("enter")
        await session.sees("Logged: visit with Ruth Cohen.")
        kept = studio_book.rename(studio_book.with_name("kept.json"))
        await session.sees("The book is gone.")
        await watched.rest()
        kept.rename(studio_book)
        await session.sees_no("The book is gone.")
        store = session.app.open_book.store
        assert store is not None
        await session.until(lambda: not store.unfolded)


def older(journal: Path) -> None:
    """As it was one act earlier."""
    lines = journal.read_bytes().rstrip(b" ").split(b"\n")
    replace_with(journal, b"\n".join(lines[:-2]) + b"\n")


def replace_with(path: Path, content: bytes) -> None:
    new = path.with_name("put-there")
    new.write_bytes(content)
    new.chmod(0o600)
    os.replace(new, path)


async def test_an_older_journal_put_there_is_loaded(
    watching: Watching, other_session: OtherSession, studio_book: Path
) -> None:
    journal = studio_book.with_name("book.json.journal")
    async with watching() as watched:
        session = watched.session
        with other_session("alex") as store:
            log(store, "ruth", "stays")
            log(store, "ann", "is lost")
            await session.until(lambda: session.app.open_book.book.touches_with("ann"))
            older(journal)
            await session.sees(CHANGED_OUTSIDE)
            assert not session.app.open_book.book.touches_with("ann")
            assert len(session.app.open_book.book.touches_with("ruth")) == 1


async def test_a_journal_of_another_book_is_told_and_goes_on_when_the_right_one_is_back(
    watching: Watching, other_session: OtherSession, studio_book: Path, tmp_path: Path, clock: Clock
) -> None:
    journal = studio_book.with_name("book.json.journal")
    another = BookStore.create(tmp_path / "another" / "book.json", user="jo", clock=clock)
    log(another, "ruth", "elsewhere")
    foreign = (tmp_path / "another" / "book.json.journal").read_bytes()
    another.close()
    async with watching() as watched:
        session = watched.session
        with other_session("alex") as store:
            log(store, "ruth", "ours")
            await session.until(lambda: session.app.open_book.book.touches_with("ruth"))
            right = journal.read_bytes()
            replace_with(journal, foreign)
            await watched.tells("belongs to another book")
            readings = watched.readings
            await watched.rest()
            assert watched.readings == readings
            assert journal.read_bytes() == foreign
            replace_with(journal, right)
            await watched.tells_no_more("belongs to another book")
            assert len(session.app.open_book.book.touches_with("ruth")) == 1
            log(store, "ann", "goes on")
            await session.until(lambda: session.app.open_book.book.touches_with("ann"))


async def test_an_older_book_that_does_not_go_with_the_journal_is_read_only_until_it_does(
    watching: Watching, other_session: OtherSession, studio_book: Path
) -> None:
    oldest = studio_book.read_bytes()
    async with watching() as watched:
        session = watched.session
        with other_session("alex") as store:
            log(store, "ruth", "one")
            store.fold()
            await session.until(lambda: session.app.open_book.book.touches_with("ruth"))
            right = studio_book.read_bytes()
            replace_with(studio_book, oldest)
            await watched.tells("Book and journal do not fit together.")
            await session.sees("read only")
            assert "l log" not in session.keys
            readings = watched.readings
            await watched.rest()
            assert watched.readings == readings
            replace_with(studio_book, right)
            await session.sees(CAN_SAVE, "studio")
            await watched.tells_no_more("do not fit together")
            await session.sees_no("read only")
            assert "l log" in session.keys
            assert len(session.app.open_book.book.touches_with("ruth")) == 1


async def test_the_right_to_write_that_comes_back_is_said(watching: Watching, studio_book: Path) -> None:
    async with watching() as watched:
        session = watched.session
        store = session.app.open_book.store
        assert store is not None
        await watched.rest()
        store._files.read_only = BookError("It was forbidden.")
        await session.sees("read only", "It was forbidden.")
        os.utime(studio_book)
        await session.sees(CAN_SAVE)
        await session.sees_no("read only", "It was forbidden.")
