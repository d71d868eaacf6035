"""Two trainers change the same record: both versions are shown, and nothing is overwritten unseen."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from relationships.records import Practice, Practitioner
from storage.book_store import BookStore

if TYPE_CHECKING:
    from tests.app_driving import OpenApp, OtherSession, Session

SIZES = ((80, 24), (120, 40))
LONG = "She said: " + "word " * 600 + "and so on to the end"


def change(store: BookStore, table: str, record_id: str, **fields: object) -> None:
    """Change a record as another trainer."""
    store.refresh()
    store.apply_arrived()
    before = store.book.find(table, record_id)
    assert before is not None
    author = store.author
    store.commit(author.act(f"edit {before.noun}", author.edit(before, replace(before, **fields)), subject="Ruth"))


async def edit_ruth(session: Session, **values: str) -> None:
    """Open the form of Ruth and type."""
    await session.press("2")
    await session.at("ruth")
    await session.press("e")
    await session.on("PractitionerForm")
    await session.fill(**values)


def ruth(session: Session) -> Practitioner:
    return session.on_disk().practitioners["ruth"]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(("keys", "phone"), [((), "111"), (("m",), "111"), (("t",), "222"), (("left",), "222")])
async def test_a_field_that_both_changed_is_chosen(
    open_app: OpenApp,
    other_session: OtherSession,
    studio_book: Path,
    size: tuple[int, int],
    keys: tuple[str, ...],
    phone: str,
) -> None:
    async with open_app(size=size) as session:
        await edit_ruth(session, phone="111")
        with other_session("alex") as store:
            change(store, "practitioners", "ruth", phone="222", source="a client")
        await session.press("ctrl+s")
        await session.on("ConflictDialog")
        await session.sees("alex changed this field while you did", "Ruth Cohen · nothing is saved yet", "Phone")
        await session.sees("alex, at ", "222", "you, now", "111", "also changed by alex: known from")
        assert ruth(session).phone == "222"
        await session.press(*keys, "enter")
        await session.on("ContactsScreen")
        await session.sees("Saved: Ruth Cohen." if phone == "111" else "it stands as alex saved it.")
        saved = ruth(session)
        assert (saved.phone, saved.source, saved.version) == (phone, "a client", 3 if phone == "111" else 2)


async def test_fields_that_only_one_of_us_changed_are_merged_without_a_question(
    open_app: OpenApp, other_session: OtherSession, studio_book: Path
) -> None:
    async with open_app() as session:
        await edit_ruth(session, phone="111")
        with other_session("alex") as store:
            change(store, "practitioners", "ruth", email="ruth@new.example")
        await session.press("ctrl+s")
        await session.sees("Saved, together with what alex changed: email.")
        await session.on("ContactsScreen")
        saved = ruth(session)
        assert (saved.phone, saved.email, saved.version) == ("111", "ruth@new.example", 3)
        await session.press("u")
        await session.sees("Undone: edit practitioner: Ruth Cohen.")
        assert (ruth(session).phone, ruth(session).email) == ("", "ruth@new.example")


async def test_the_same_change_twice_is_no_conflict(
    open_app: OpenApp, other_session: OtherSession, studio_book: Path
) -> None:
    async with open_app() as session:
        await edit_ruth(session, phone="111")
        with other_session("alex") as store:
            change(store, "practitioners", "ruth", phone="111")
        await session.press("ctrl+s")
        await session.sees("Nothing had to be saved: it stands as alex saved it.")
        assert ruth(session).version == 2


async def test_escape_goes_back_to_the_form_with_what_was_typed(
    open_app: OpenApp, other_session: OtherSession, studio_book: Path
) -> None:
    async with open_app() as session:
        await edit_ruth(session, phone="111", notes="likes tea")
        with other_session("alex") as store:
            change(store, "practitioners", "ruth", phone="222")
        await session.press("ctrl+s")
        await session.on("ConflictDialog")
        await session.press("escape")
        await session.on("PractitionerForm")
        assert (session.value("phone"), session.value("notes")) == ("111", "likes tea")
        await session.sees("Not saved yet: ctrl+s asks again.")
        await session.press("escape")
        await session.sees("esc again drops what you typed")
        await session.press("ctrl+s")
        await session.on("ConflictDialog")
        await session.press("ctrl+q")
        await session.sees("ctrl+q again drops what you typed")
        await session.press("ctrl+s")
        await session.sees("Saved: Ruth Cohen.")
        assert (ruth(session).phone, ruth(session).notes) == ("111", "likes tea")


@pytest.mark.parametrize(
    ("keys", "tags"), [((), ("gp", "new", "swim")), (("t",), ("gp", "new")), (("m",), ("run", "gp", "swim"))]
)
async def test_lists_can_have_both_changes(
    open_app: OpenApp, other_session: OtherSession, studio_book: Path, keys: tuple[str, ...], tags: tuple[str, ...]
) -> None:
    with other_session("sam") as store:
        change(store, "practitioners", "ruth", tags=("run", "gp"))
    async with open_app() as session:
        await edit_ruth(session, tags="run, gp, swim")
        with other_session("alex") as store:
            change(store, "practitioners", "ruth", tags=("gp", "new"))
        await session.press("ctrl+s")
        await session.on("ConflictDialog")
        await session.sees("run, gp, swim", "gp, new", "both", "gp, new, swim")
        await session.press(*keys, "enter")
        await session.on("ContactsScreen")
        await session.until(lambda: ruth(session).tags == tags)


async def test_each_field_is_chosen_by_itself_with_tab_and_arrows(
    open_app: OpenApp, other_session: OtherSession, studio_book: Path
) -> None:
    async with open_app() as session:
        await edit_ruth(session, phone="111", email="mine@x", source="my client")
        with other_session("alex") as store:
            change(store, "practitioners", "ruth", phone="222", email="theirs@x", source="their client")
        await session.press("ctrl+s")
        await session.sees("alex changed these 3 fields while you did", "Known from", "tab next")
        await session.press("t", "tab", "space", "space", "down", "left", "enter")
        await session.sees("Saved: Ruth Cohen.")
        saved = ruth(session)
    assert (saved.phone, saved.email, saved.source) == ("222", "mine@x", "their client")


@pytest.mark.parametrize("size", SIZES)
async def test_long_notes_fold_and_scroll_and_both_can_stand(
    open_app: OpenApp, other_session: OtherSession, studio_book: Path, size: tuple[int, int]
) -> None:
    async with open_app(size=size) as session:
        await edit_ruth(session, notes="mine at the end")
        with other_session("alex") as store:
            change(store, "practitioners", "ruth", notes=LONG)
        await session.press("ctrl+s")
        await session.on("ConflictDialog")
        await session.sees("She said: word word", "esc back")
        assert "mine at the end" not in session.text
        assert max(map(len, session.lines)) <= size[0]
        for _ in range(20):
            await session.press("pagedown")
        await session.sees("mine at the end", "esc back")
        await session.press("pageup", "b", "enter")
        await session.sees("Saved: Ruth Cohen.")
        assert ruth(session).notes == f"{LONG}\nmine at the end"


@pytest.mark.parametrize("size", SIZES)
async def test_any_text_is_drawn_as_typed(
    open_app: OpenApp, other_session: OtherSession, studio_book: Path, size: tuple[int, int]
) -> None:
    async with open_app(size=size) as session:
        await edit_ruth(session, phone="[b]1[/b] [red")
        with other_session("al[/]ex") as store:
            change(store, "practitioners", "ruth", phone="\x1b[31m2\n3", email="陳大文 [/]")
        await session.press("ctrl+s")
        await session.on("ConflictDialog")
        await session.sees("[b]1[/b] [red", "␛[31m2", "al[/]ex changed this field", "also changed by al[/]ex: email")
        assert session.text.replace("\n", "").isprintable()
        await session.press("t", "enter")
        await session.on("ContactsScreen")
        assert (ruth(session).phone, ruth(session).email) == ("\x1b[31m2\n3", "陳大文 [/]")


async def test_three_sessions(open_app: OpenApp, other_session: OtherSession, studio_book: Path) -> None:
    async with open_app() as session:
        await edit_ruth(session, phone="111")
        with other_session("alex") as alex, other_session("kim") as kim:
            change(alex, "practitioners", "ruth", phone="222")
            change(kim, "practitioners", "ruth", email="kim@x")
            await session.press("ctrl+s")
            await session.sees("alex changed this field while you did", "alex, at ", "also changed by kim: email")
            change(kim, "practitioners", "ruth", phone="333", source="kim")
            await session.press("m", "enter")
            await session.sees("kim changed this field while you did", "333", "111")
            await session.sees("also changed by kim: known from")
            assert ruth(session).phone == "333"
            await session.press("enter")
            await session.sees("Saved: Ruth Cohen.")
        saved = ruth(session)
    assert (saved.phone, saved.email, saved.source, saved.version) == ("111", "kim@x", "kim", 5)


async def test_a_conflict_with_myself_at_another_terminal(
    open_app: OpenApp, other_session: OtherSession, studio_book: Path
) -> None:
    async with open_app() as session:
        await edit_ruth(session, phone="111")
        with other_session("sam") as store:
            change(store, "practitioners", "ruth", phone="222")
        await session.press("ctrl+s")
        await session.sees("you, in another session changed this field")


async def test_a_practice_that_both_added_is_one_practice(
    open_app: OpenApp, other_session: OtherSession, studio_book: Path
) -> None:
    async with open_app() as session:
        await edit_ruth(session, practices="North Clinic; South Clinic")
        with other_session("alex") as store:
            north = store.author.new(Practice, name="North Clinic")
            here = store.book.practitioners["ruth"]
            store.commit(
                store.author.act(
                    "edit practitioner",
                    store.author.add(north),
                    store.author.edit(here, replace(here, practices=(north.id, "quay"))),
                )
            )
            await session.until(lambda: north.id in session.app.open_book.book.practices)
        await session.press("ctrl+s")
        await session.on("ConflictDialog")
        await session.sees("Practice", "North Clinic, Quay Physio", "North Clinic, South Clinic")
        await session.sees("North Clinic, Quay Physio, South Clinic")
        await session.press("m", "enter")
        await session.sees("Saved: Ruth Cohen.")
        book = session.on_disk()
        names = [book.practices[practice].name for practice in book.practitioners["ruth"].practices]
    assert names == ["North Clinic", "South Clinic"]
    assert [practice.name for practice in book.all_practices()].count("North Clinic") == 1
