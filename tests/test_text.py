"""The gate for user text: nothing that steers a terminal passes, and widths are exact."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from rich.cells import cell_len

from screens.text import fit, one_line, plain, visible, wrapped

HIDDEN = set("\u200b\u2028\u2029\ufeff\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\x7f")

texts = st.text(
    st.one_of(
        st.characters(),
        st.characters(categories=["Cs", "Cc", "Cf", "Mn"]),
        st.sampled_from("a é 漢字 👩 ❤ \u200d \u200c \ufe0f \u0301 \u05d0 ک ه क \u094d ष \n \t \r \x1b \x9b [/]"),
    ),
    max_size=60,
)


def harmless(text: str) -> bool:
    """No character that a terminal obeys, hides or cannot write."""
    return not any(
        unicodedata.category(character) in {"Cc", "Cs", "Zl", "Zp"} or character in HIDDEN for character in text
    )


@pytest.mark.parametrize(
    ("typed", "drawn"),
    [
        ("PT [DPT]", "PT [DPT]"),
        ("Lee [/]", "Lee [/]"),
        ("[red]$name", "[red]$name"),
        ("\x1b[31mRed\x1b[0m", "␛[31mRed␛[0m"),
        ("\x1b]0;title\x07", "␛]0;title␇"),
        ("\x9b2J", "‹U+009B›2J"),
        ("\x00\x1f\x7f", "␀␟␡"),
        ("a\tb\nc\rd", "a␉b␤c␍d"),
        ("lone \ud800", "lone ‹U+D800›"),
        ("abc\u202egpj.exe", "abc‹U+202E›gpj.exe"),
        ("a\u2066b\u2069c", "a‹U+2066›b‹U+2069›c"),
        ("a\u200bb\u2028c\ufeff", "a‹U+200B›b‹U+2028›c‹U+FEFF›"),
        ("\U000e0061", "‹U+E0061›"),
        ("José Jose\u0301", "José Jose\u0301"),
        ("漢字 한국", "漢字 한국"),
        ("محمد علی", "محمد علی"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("क्\u200dष", "क्\u200dष"),
        ("ه\u200d.", "ه."),
        ("pay\u200dpal", "pay‹U+200D›pal"),
        ("\u200cstart", "‹U+200C›start"),
        ("👩\u200d💻", "👩💻"),
        ("❤\ufe0f", "❤"),
        ("", ""),
    ],
)
def test_visible(typed: str, drawn: str) -> None:
    assert visible(typed) == drawn


@pytest.mark.parametrize(
    ("typed", "drawn"),
    [
        ("one\ntwo", "one ⏎ two"),
        ("one \r\n\n  two\n", "one ⏎ two"),
        ("\n\n", ""),
        ("a\tb", "a b"),
        ("  kept ", "  kept "),
        ("a\rb", "a␍b"),
        ("Lee [/]\nnext", "Lee [/] ⏎ next"),
    ],
)
def test_one_line(typed: str, drawn: str) -> None:
    assert one_line(typed) == drawn


@pytest.mark.parametrize(
    ("typed", "cells", "drawn"),
    [
        ("Amara", 8, "Amara   "),
        ("Amara", 5, "Amara"),
        ("Amara", 4, "Ama…"),
        ("Amara", 1, "…"),
        ("Amara", 0, ""),
        ("Amara", -3, ""),
        ("漢字漢字", 8, "漢字漢字"),
        ("漢字漢字", 7, "漢字漢…"),
        ("漢字漢字", 6, "漢字… "),
        ("漢", 1, "…"),
        ("Jose\u0301 Oc", 5, "Jose\u0301…"),
        ("Jose\u0301", 6, "Jose\u0301  "),
        ("👩\u200d💻", 5, "👩💻 "),
        ("\x1b[2J", 4, "␛[2J"),
        ("PT [DPT]", 8, "PT [DPT]"),
        ("a\nb", 5, "a ⏎ b"),
    ],
)
def test_fit(typed: str, cells: int, drawn: str) -> None:
    assert fit(typed, cells) == drawn


def test_fit_aligns_right() -> None:
    assert fit("9 days", 8, align="right") == "  9 days"
    assert fit("字", 4, align="right") == "  字"
    assert fit("Amara", 3, align="right") == "Am…"


def test_fit_takes_another_ellipsis_and_leaves_out_one_too_wide() -> None:
    assert fit("Amara Osei", 6, ellipsis="...") == "Ama..."
    assert fit("Amara Osei", 2, ellipsis="...") == "Am"
    assert fit("Amara Osei", 4, ellipsis="") == "Amar"


def test_fit_reads_no_more_of_a_long_note_than_it_shows() -> None:
    assert fit("é" * 1_000_000, 5) == "éééé…"
    piled = fit("e" + "\u0301" * 1_000_000, 5)
    assert cell_len(piled) == 5
    assert piled.rstrip().endswith("…")
    assert len(piled) < 1_000


@given(texts, st.integers(-2, 40), st.sampled_from(["left", "right"]))
@example("\u200d\u200d", 3, "left")
@example("क\u200dषa", 2, "right")
def test_fit_is_always_exactly_as_wide_as_asked(text: str, cells: int, align: str) -> None:
    drawn = fit(text, cells, align="right" if align == "right" else "left")
    assert cell_len(drawn) == max(cells, 0)
    assert harmless(drawn)


@given(texts, texts, st.integers(1, 20))
def test_fitted_texts_keep_their_widths_side_by_side(left: str, right: str, cells: int) -> None:
    assert cell_len(fit(left, cells) + fit(right, cells)) == 2 * cells


@given(texts)
def test_no_control_character_passes(text: str) -> None:
    assert harmless(visible(text))
    assert harmless(one_line(text))
    assert harmless(plain(text).plain.replace("\n", ""))
    assert visible(text).encode("utf-8").decode("utf-8") == visible(text)


@given(texts)
def test_what_was_made_visible_stays_as_it_is(text: str) -> None:
    assert visible(visible(text)) == visible(text)
    assert one_line(one_line(text)) == one_line(text)


@given(st.text(st.characters(categories=["L", "N", "P", "S", "Zs"], exclude_characters="\u115f\u1160\u3164\uffa0")))
def test_ordinary_text_is_drawn_as_typed(text: str) -> None:
    assert visible(text) == text
    assert one_line(text) == text
    assert plain(text).plain == text


@pytest.mark.parametrize(
    ("typed", "cells", "max_lines", "lines"),
    [
        ("She wants range of motion figures", 14, 5, ["She wants", "range of", "motion figures"]),
        ("one\n\ntwo\n", 10, 5, ["one", "", "two"]),
        ("one two three four", 9, 2, ["one two", "three…"]),
        ("one two three", 7, 2, ["one two", "three"]),
        ("abcdefgh", 3, 5, ["abc", "def", "gh"]),
        ("漢字漢字", 3, 5, ["漢", "字", "漢", "字"]),
        ("漢 b", 1, 5, ["…", "b"]),
        ("", 5, 3, [""]),
        ("text", 0, 3, []),
        ("text", 5, 0, []),
        ("Lee [/] [DPT]", 8, 2, ["Lee [/]", "[DPT]"]),
        ("a\x1bb", 8, 2, ["a␛b"]),
    ],
)
def test_wrapped(typed: str, cells: int, max_lines: int, lines: list[str]) -> None:
    assert wrapped(typed, cells, max_lines) == lines


def test_wrapped_shows_that_a_very_long_note_goes_on() -> None:
    lines = wrapped("word " * 100_000, 20, 3)
    assert len(lines) == 3
    assert lines[-1].endswith("…")


@given(texts, st.integers(1, 12), st.integers(1, 5))
def test_wrapped_stays_within_its_frame(text: str, cells: int, max_lines: int) -> None:
    lines = wrapped(text, cells, max_lines)
    assert 1 <= len(lines) <= max_lines
    assert all(cell_len(line) <= cells and harmless(line) for line in lines)


@given(st.lists(st.text("abc漢é[/]", min_size=1, max_size=12), max_size=12), st.integers(2, 10))
def test_wrapped_loses_no_letter_when_there_is_room(words: list[str], cells: int) -> None:
    assert "".join("".join(wrapped(" ".join(words), cells, 1_000)).split()) == "".join(words)


def test_plain_is_never_parsed_and_keeps_line_breaks() -> None:
    content = plain("PT [DPT]\r\nLee [/]\x1b\tx")
    assert content.plain == "PT [DPT]\nLee [/]␛    x"
    assert content.spans == []
