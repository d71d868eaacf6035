"""Names as they are typed find the people who have them."""

from __future__ import annotations

import unicodedata
from datetime import UTC, datetime
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relationships.book import Book
from relationships.changes import Act, Change
from relationships.names import Named, NameIndex, Names, completed, fold, fold_words, without_titles
from relationships.records import Practice, Practitioner

MORNING = datetime(2026, 11, 23, 9, tzinfo=UTC)
short_words = st.text("ab", min_size=1, max_size=3)


def person(id: str, name: str, *, post_nominals: str = "", archived: bool = False) -> Practitioner:
    return Practitioner(
        id=id,
        name=name,
        post_nominals=post_nominals,
        archived_at=MORNING if archived else None,
        created_at=MORNING,
        created_by="sam",
        updated_at=MORNING,
        updated_by="sam",
    )


def index_of(*people: Practitioner) -> NameIndex[Practitioner]:
    index: NameIndex[Practitioner] = NameIndex()
    index.follow(people)
    return index


def named(*names: str) -> NameIndex[Practitioner]:
    return index_of(*(person(name, name) for name in names))


def found(index: NameIndex[Practitioner], typed: str, *, day: str = "") -> tuple[list[str], int] | None:
    tokens = typed.split()
    run = index.run([fold_words(token) for token in tokens], lambda at: at < len(tokens) and tokens[at] == day)
    return ([record.id for record in run.records], run.tokens) if run else None


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("José O’Neill", "jose oneill"),
        ("JOSE O'NEILL", "jose oneill"),
        ("Åse Smith-Jones", "ase smith jones"),
        ("Łukasz Ørsted Weiß", "lukasz orsted weiss"),
        ("Dr. Amara Osei, MSc (Leeds)", "dr amara osei msc leeds"),
        ("ЛЕВ Толстой", "лев толстои"),
        ("محمَّد", "محمد"),
        ("Ａｎｎ\u3000Lee", "ann lee"),
        ("प्रिया पटेल", "परिया पटेल"),
        ("Lee [/]", "lee [/]"),
        ("PT [DPT]", "pt dpt"),
        ("a\u200db \x1b[31m", "ab 31m"),
        ("'", ""),
        ("", ""),
    ],
)
def test_folding(text: str, words: str) -> None:
    assert fold(text) == words


def test_folding_of_east_asian_names_goes_syllable_by_syllable() -> None:
    assert fold("田中 太郎") == "田中 太郎"
    assert fold("김철수").startswith(fold("김철"))


@given(st.text())
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text(st.characters(categories=["Lu", "Ll"])))
def test_folding_does_not_mind_how_letters_are_composed(text: str) -> None:
    assert fold(unicodedata.normalize("NFD", text)) == fold(unicodedata.normalize("NFC", text))


def test_titles_are_left_out_unless_there_is_nothing_else() -> None:
    assert without_titles(("dr", "osei")) == ("osei",)
    assert without_titles(("mr", "ms")) == ("mr", "ms")


@given(st.lists(short_words, max_size=4), st.lists(short_words, max_size=4))
def test_each_typed_word_needs_a_word_of_the_name_to_itself(typed: list[str], words: list[str]) -> None:
    possible = len(typed) <= len(words) and any(
        all(whole.startswith(word) for word, whole in zip(typed, order, strict=False))
        for order in permutations(words, len(typed))
    )
    assert Named(person("p", "p"), tuple(words), ()).begins(tuple(typed)) == possible


PEOPLE = ("Priya Patel", "Arjun Patel", "Dr Amara Osei", "José O'Neill", "Ruth Smith-Jones", "田中 太郎", "Лев Толстой")


@pytest.mark.parametrize(
    ("typed", "who", "tokens"),
    [
        ("priya patel asked", ["Priya Patel"], 2),
        ("pri pat asked", ["Priya Patel"], 2),
        ("patel p asked", ["Priya Patel"], 2),
        ("patel asked", ["Priya Patel", "Arjun Patel"], 1),
        ("osei", ["Dr Amara Osei"], 1),
        ("dr osei asked", ["Dr Amara Osei"], 2),
        ("prof. osei asked", ["Dr Amara Osei"], 2),
        ("ONEILL:", ["José O'Neill"], 1),
        ("smith-jo asked", ["Ruth Smith-Jones"], 1),
        ("jones smith asked", ["Ruth Smith-Jones"], 2),
        ("田 asked", ["田中 太郎"], 1),
        ("ТОЛ лев", ["Лев Толстой"], 2),
    ],
)
def test_the_longest_run_of_beginnings(typed: str, who: list[str], tokens: int) -> None:
    assert found(named(*PEOPLE), typed) == (who, tokens)


@pytest.mark.parametrize("typed", ["", "dr", "zorb", "atel", "asked patel"])
def test_nobody(typed: str) -> None:
    assert found(named(*PEOPLE), typed) is None


def test_small_words_are_left_to_the_note() -> None:
    index = named("Amara Osei")
    assert found(index, "osei a bit late") == (["Amara Osei"], 1)
    assert found(index, "osei a") == (["Amara Osei"], 2)
    assert found(index, "osei a yesterday", day="yesterday") == (["Amara Osei"], 2)
    assert found(index, "osei am bit late") == (["Amara Osei"], 1)
    assert found(index, "osei ama bit late") == (["Amara Osei"], 2)
    assert found(named("Jo May"), "jo may asked") == (["Jo May"], 2)
    assert found(named("An Nguyen"), "an nguyen asked") == (["An Nguyen"], 2)


def test_a_word_that_begins_a_day_goes_on_with_a_complete_name_only() -> None:
    assert found(named("Monica Osei"), "osei mon", day="mon") == (["Monica Osei"], 1)
    assert found(named("Jo Sun"), "jo sun asked", day="sun") == (["Jo Sun"], 2)


def test_whole_words_come_before_beginnings() -> None:
    assert found(named("Ann Bo", "Anna Coe"), "ann") == (["Ann Bo"], 1)
    assert found(named("Ann Bo", "Anna Coe"), "anna") == (["Anna Coe"], 1)
    assert found(named("An Nguyen", "An Nguyen Tran"), "an nguyen") == (["An Nguyen"], 2)


def test_the_only_last_name_comes_before_other_names() -> None:
    assert found(named("Lee Chang", "Anna Lee"), "lee") == (["Anna Lee"], 1)
    assert found(named("Lee Chang", "Anna Lee", "Bo Lee"), "lee") == (["Lee Chang", "Anna Lee", "Bo Lee"], 1)


def test_beginnings_that_fit_several_people_choose_none_of_them() -> None:
    assert found(named("Lee Patel", "Patricia Lee"), "pat lee") == (["Lee Patel", "Patricia Lee"], 2)


def test_two_of_the_same_name_are_both_found_and_the_archived_one_is_not() -> None:
    both = index_of(person("1", "Ann Lee"), person("2", "Ann Lee"))
    assert found(both, "ann lee") == (["1", "2"], 2)
    assert found(index_of(person("1", "Ann Lee", archived=True), person("2", "Ann Lee")), "ann") == (["2"], 1)
    assert found(index_of(person("1", "Ann Lee", archived=True)), "ann") == (["1"], 1)


def test_post_nominals_may_follow_a_name_but_not_begin_it() -> None:
    index = index_of(person("1", "Ann Lee", post_nominals="MSc, DPT"), person("2", "Bo Lee"))
    assert found(index, "ann lee MSc DPT asked") == (["1"], 4)
    assert found(index, "lee dpt asked") == (["1"], 2)
    assert found(index, "msc") is None


@pytest.mark.parametrize("name", ["PT [DPT]", "Lee [/]", "Ann (Nan) Lee", 'Al "Bo" Coe', "[red]Bo[/red]", "🏋", "-- --"])
def test_odd_names_are_found_as_they_are_written(name: str) -> None:
    assert found(named("Priya Patel", name), f"{name} asked") == ([name], len(name.split()))


@given(st.text(max_size=20).filter(fold))
def test_every_name_finds_its_owner(name: str) -> None:
    tokens = [fold_words(token) for token in name.split()]
    run = named(name, "Priya Patel").run([words for words in tokens if words], lambda _at: False)
    assert run is not None or not set(fold_words(name)) - {"dr", "doctor", "mr", "mrs", "ms", "miss", "mx", "prof"}
    assert run is None or name in [record.id for record in run.records]


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("prya", "Priya Patel"),
        ("oneil", "José O'Neill"),
        ("prya patell", "Priya Patel"),
        ("Dr Ossei", "Dr Amara Osei"),
        ("Толстый", "Лев Толстой"),
    ],
)
def test_the_nearest_names(typed: str, first: str) -> None:
    assert [record.id for record in named(*PEOPLE).nearest(typed)][:1] == [first]


def test_nothing_is_near_a_name_like_no_other() -> None:
    assert named(*PEOPLE).nearest("xxxxxxxx") == ()
    assert named(*PEOPLE).nearest("") == ()
    assert named().nearest("patel") == ()


def test_no_more_near_names_than_asked_for() -> None:
    assert len(named(*(f"Patel {letter}" for letter in "abcdefgh")).nearest("patle", most=3)) == 3


@given(st.text(max_size=80))
def test_nearness_takes_any_text(text: str) -> None:
    assert set(named(*PEOPLE).nearest(text)) <= {person(name, name) for name in PEOPLE}


@pytest.mark.parametrize(
    ("name", "typed", "word"),
    [
        ("Priya Patel", "pat", "Patel"),
        ("Priya Patel", "pr p", "Patel"),
        ("Priya Patel", "p p", "Patel"),
        ("Dr José O'Neill", "dr one", "O'Neill"),
        ("Patel, Priya", "pat", "Patel"),
        ("Lee (Nan)", "lee na", "Nan"),
        ("Priya Patel", "patel", None),
        ("Priya Patel", "x", None),
        ("Priya Patel", "", None),
        ("Priya Patel", "'", None),
    ],
)
def test_completion(name: str, typed: str, word: str | None) -> None:
    assert completed(name, typed) == word


def test_names_follow_a_book() -> None:
    ann = person("1", "Ann Lee")
    clinic = Practice(
        id="q", name="Quay Physio", created_at=MORNING, created_by="sam", updated_at=MORNING, updated_by="sam"
    )
    book = Book({"practitioners": {"1": ann}, "practices": {"q": clinic}})
    names = Names()
    names.follow(book)
    assert found(names.people, "lee") == (["1"], 1)
    assert names.practices.with_id("q") is clinic
    assert names.people.knows("lee")
    assert not names.people.knows("le")
    renamed = Change(before=ann, after=person("1", "Ann Coe"))
    book.apply(Act(id="a", name="edit", changes=(renamed,), at=MORNING, by="sam"))
    names.follow(book)
    assert found(names.people, "lee") is None
    assert found(names.people, "coe") == (["1"], 1)
    assert [record.name for record in names.people.nearest("coee")] == ["Ann Coe"]
    names.follow(Book())
    assert names.people.with_id("1") is None
    assert names.people.nearest("coee") == ()
