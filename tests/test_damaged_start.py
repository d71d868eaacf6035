"""A damaged book opens with what can be read of it, changes nothing, and offers its newest backup."""

from __future__ import annotations

import json
from concurrent.futures import Future
from pathlib import Path

import pytest

from relationships.changes import Clock
from relationships.records import Touch
from relationships.vocabulary import TouchKind
from storage import errors
from storage.book_store import BookStore
from storage.system_calls import SystemCalls
from tests import small_book
from tests.app_driving import OpenApp, Session
from tests.studio_book import FixedClock
from trainer_tui.opening import open_or_create

SIZES = ((80, 24), (120, 40))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    book = tmp_path / "studio" / "book.json"
    small_book.make_book(book)
    return book


def opened(path: Path) -> BookStore:
    return BookStore.open(path, user="sam", clock=small_book.StepClock(), salvage=True)


def ids(store: BookStore) -> set[str]:
    return {record.id for records in store.book.tables.values() for record in records.values()}


def test_what_can_be_read_is_shown_journal_and_all_and_nothing_is_changed(path: Path) -> None:
    whole = small_book.ids_in(path)
    path.write_bytes(path.read_bytes()[:-20].replace(b'"note folded-1"', bytes(15)))
    before = small_book.all_files(path.parent)
    store = opened(path)
    assert isinstance(store.read_only, errors.BookSalvaged)
    assert store.read_only.title == "The book is damaged"
    assert str(store.read_only) == (
        f"{path} is not JSON: line 10: JSON is malformed: invalid character. 6 records in it can be read."
        " The file was left as it is; all that can be read is shown, and nothing can be saved."
        " `trainer-tui restore` brings back the newest backup; `trainer-tui doctor` says what is wrong, and with"
        " --repair keeps what can be read."
    )
    assert ids(store) == whole - {"folded-1"}
    with pytest.raises(errors.ReadOnlyBook):
        store.commit(small_book.touch_act(store, "new"))
    assert not store.fold()
    assert len([*store.history()]) == 11
    store.close()
    assert small_book.all_files(path.parent) == before


def test_without_its_first_line_the_journal_tells_which_book_it_is(path: Path) -> None:
    whole = small_book.ids_in(path)
    path.write_bytes(path.read_bytes()[path.read_bytes().index(b"\n") :])
    store = opened(path)
    assert ids(store) == whole
    store.close()
    small_book.journal_of(path).unlink()
    store = opened(path)
    assert ids(store) == {each for each in whole if not each.startswith("fresh")}
    store.close()
    small_book.journal_of(path).write_bytes(b"\0\0\0")
    store = opened(path)
    assert isinstance(store.read_only, errors.BookSalvaged)
    store.close()


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"", "Nothing in it can be read."), (b'{"touches":{"1":%s', "One record in it can be read.")],
)
def test_how_much_can_be_read_is_said(path: Path, content: bytes, said: str) -> None:
    record = json.dumps(json.loads(path.read_bytes())["touches"]["1"]).encode()
    path.write_bytes(content.replace(b"%s", record))
    store = opened(path)
    assert store.read_only is not None
    assert store.read_only.happened.endswith(said)
    store.close()


def test_what_is_no_book_at_all_is_refused(path: Path) -> None:
    path.write_bytes(b'{"name": "somebody"}')
    with pytest.raises(errors.NotABook):
        opened(path)
    with pytest.raises(errors.BookMissing):
        opened(path.with_name("other.json"))


def test_only_who_asks_for_it_gets_a_damaged_book(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(errors.BookDamaged):
        BookStore.open(path, user="sam", clock=small_book.StepClock())
    store = open_or_create(path, user="sam", clock=small_book.StepClock())
    assert isinstance(store.read_only, errors.BookSalvaged)
    store.close()


def test_a_sound_book_that_is_shown_never_gives_way_to_a_damaged_one(path: Path) -> None:
    store = opened(path)
    before = ids(store)
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(errors.BookDamaged) as caught:
        store.refresh()
    assert not isinstance(caught.value, errors.BookSalvaged)
    assert store.read_only is None
    assert ids(store) == before
    store.close(fold=False)


def test_a_damaged_book_that_is_mended_becomes_a_sound_one_in_place(path: Path) -> None:
    whole = path.read_bytes()
    path.write_bytes(whole[:-20])
    store = opened(path)
    path.write_bytes(whole)
    assert store.refresh()
    store.apply_arrived()
    assert store.read_only is None
    store.commit(small_book.touch_act(store, "new"))
    store.close()
    assert "new" in small_book.ids_in(path)


class MendedMeanwhile(SystemCalls):
    """Somebody mends the book between the reading that fails and the next one."""

    def __init__(self, path: Path, content: bytes) -> None:
        self._path = path
        self._content = content
        self._opened = 0

    def open(self, path: str | Path, flags: int, mode: int = 0o600) -> int:
        self._opened += Path(path) == self._path
        if self._opened == 2:
            self._path.write_bytes(self._content)
        return super().open(path, flags, mode)


def test_a_book_that_is_mended_while_it_is_opened_can_be_written(path: Path) -> None:
    whole = path.read_bytes()
    path.write_bytes(whole[:-20])
    calls = MendedMeanwhile(path, whole)
    store = BookStore.open(path, user="sam", clock=small_book.StepClock(), calls=calls, salvage=True)
    assert store.read_only is None
    store.close()


def damaged(path: Path) -> None:
    """The last two records are lost."""
    path.write_bytes(path.read_bytes()[: path.read_bytes().index(b'"id":"later-patel"')])


@pytest.fixture
def backed_up_book(studio_book: Path, clock: FixedClock) -> Path:
    """The studio's book with a backup of it, one touch since, and then damaged."""
    store = BookStore.open(studio_book, user="sam", clock=clock)
    store.back_up()
    author = store.author
    touch = author.new(Touch, practitioners=("patel",), kind=TouchKind.PHONE_CALL, done_on=clock.today(), note="since")
    store.commit(author.act("log a call", author.add(touch)))
    store.close(fold=False)
    damaged(studio_book)
    return studio_book


def opening_of(path: Path, clock: Clock) -> Future[BookStore]:
    """The book as a session of the app opens it."""
    opening: Future[BookStore] = Future()
    opening.set_result(open_or_create(path, user="sam", clock=clock))
    return opening


@pytest.mark.parametrize("size", SIZES)
async def test_the_app_shows_what_can_be_read_and_names_the_backup(
    open_app: OpenApp, backed_up_book: Path, clock: FixedClock, size: tuple[int, int]
) -> None:
    before = small_book.all_files(backed_up_book.parent)
    async with open_app(size=size, opening=opening_of(backed_up_book, clock)) as session:
        await session.sees("read only", "send the figures", "Read only: book.json is not JSON", "Press R")
        await session.sees("bring back the backup of 23 Nov" if size[0] < 100 else "23 Nov (today)")
        assert session.keys.startswith("R bring back")
        await session.press("a")
        await session.press("l")
        assert type(session.app.screen).__name__ == "TodayScreen"
        await session.press("question_mark")
        await session.sees("Replace the damaged book by its backup")
    assert small_book.all_files(backed_up_book.parent) == before


async def test_the_backup_is_brought_back_after_a_question(
    open_app: OpenApp, backed_up_book: Path, clock: FixedClock
) -> None:
    before = small_book.all_files(backed_up_book.parent)
    async with open_app(opening=opening_of(backed_up_book, clock)) as session:
        await session.sees("Press R")
        for no in ("enter", "escape", "n", "q"):
            await session.press("R")
            await session.on("YesNo")
            await session.sees("Bring back the backup of 23 Nov (today)?", "No, leave the book as it is")
            await session.press(no)
            await session.on("TodayScreen")
        assert small_book.all_files(backed_up_book.parent) == before
        await session.press("R")
        await session.on("YesNo")
        await session.press("y")
        await session.sees("The backup of 23 Nov (today) is back, with one act since.")
        await session.sees_no("read only", "bring back")
        await session.press("4")
        await session.sees("runners to her")
        await session.press("3")
        await session.sees("since", "visit")
        await works_again(session)
    book = session.on_disk()
    assert {"later-patel", "offer-patel", "referral-osei"} <= {*book.follow_ups, *book.offers, *book.referrals}


async def works_again(session: Session) -> None:
    """A trainer logs something, as on any other day."""
    await session.press("l")
    await session.on("LogLine")
    await session.type("call patel all is well")
    await session.press("enter")
    await session.saved(lambda book: any(touch.note == "all is well" for touch in book.touches.values()))


async def test_yes_can_be_pointed_at(open_app: OpenApp, backed_up_book: Path, clock: FixedClock) -> None:
    async with open_app(opening=opening_of(backed_up_book, clock)) as session:
        await session.sees("Press R")
        await session.press("R")
        await session.on("YesNo")
        await session.press("down", "enter")
        await session.sees("is back, with one act since.")


async def test_a_backup_that_cannot_be_used_is_said_so(
    open_app: OpenApp, backed_up_book: Path, clock: FixedClock
) -> None:
    for backup in backed_up_book.with_name("book.json.backups").iterdir():
        backup.write_bytes(b"not what it was")
    before = small_book.all_files(backed_up_book.parent)
    async with open_app(opening=opening_of(backed_up_book, clock)) as session:
        await session.sees("Press R")
        await session.press("R")
        await session.on("YesNo")
        await session.press("y")
        await session.sees("That backup cannot be used.")
    assert small_book.all_files(backed_up_book.parent) == before


async def test_an_empty_file_without_a_backup(open_app: OpenApp, studio_book: Path, clock: FixedClock) -> None:
    studio_book.write_bytes(b"")
    async with open_app(opening=opening_of(studio_book, clock)) as session:
        await session.sees("Read only: book.json is empty.", "There is no backup.", "doctor --repair")
        await session.press("R")
        await session.sees("There is no backup of this book.")
    assert studio_book.read_bytes() == b""


async def test_somebody_else_mends_the_book(open_app: OpenApp, studio_book: Path, clock: FixedClock) -> None:
    whole = studio_book.read_bytes()
    damaged(studio_book)
    async with open_app(opening=opening_of(studio_book, clock)) as session:
        await session.sees("There is no backup.")
        studio_book.write_bytes(whole)
        await session.sees_no("read only")
        await session.press("4")
        await session.sees("runners to her")


async def test_a_sound_book_offers_nothing(open_app: OpenApp, studio_book: Path) -> None:
    async with open_app() as session:
        await session.sees("send the figures")
        assert "bring back" not in session.text
        await session.press("R")
        await session.settle()
        assert type(session.app.screen).__name__ == "TodayScreen"
