"""The one gate through which text a person typed reaches the terminal.

Nothing here parses markup, so `PT [DPT]` and `Lee [/]` stay as typed (EXAMPLES.md fact 1). Characters that steer a
terminal or hide in a line are drawn as signs: a control character as its picture (escape as U+241B), any other
invisible one as its number in angle quotes. Widths are terminal cells, as Rich and Textual count them.
"""

from __future__ import annotations

import re
from typing import Literal

from rich.cells import cell_len, split_graphemes
from textual.content import Content

BREAK_SIGN = "\u23ce"
"""Drawn where `one_line` joined two lines."""

_ELLIPSIS = "\u2026"
_JOINERS = "\u200c\u200d"

_UNSEEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u034f\u115f\u1160\u180e\u200b-\u200d\u2028-\u202e\u2060-\u206f\u3164"
    "\ufe0f\ufeff\uffa0\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e007f]"
)
_BREAK = re.compile("\r\n|\n")
_BREAKS = re.compile("[ \t]*(?:\r\n|\n)[ \t\r\n]*")
_JOINING_SCRIPT = (
    "[\u0620-\u109f\u1780-\u180d\u180f-\u18af\ua840-\uabff\ufb50-\ufdff\ufe70-\ufefe\U00011000-\U00011fff]"
)
_PICTOGRAPH = "[\u2190-\u2bff\ufe0f\U0001f000-\U0001faff]"


def visible(text: str) -> str:
    """The text with every control and invisible character drawn as a sign; a line break becomes U+2424.

    Combining marks stay. A joiner (U+200C, U+200D) stays between letters of a script that shapes with it (Arabic,
    Persian, Indic ...) and shows as its number elsewhere. Joined emoji are drawn as their parts and U+FE0F is left
    out, because terminals disagree about the width of both.
    """
    if _is_plain(text):
        return text
    return _UNSEEN.sub(_sign, text)


def one_line(text: str) -> str:
    """The text as one line: each run of line breaks becomes ` ⏎ `, none at either end; a tab becomes a space."""
    if _is_plain(text):
        return text
    joined = f" {BREAK_SIGN} ".join(part for part in _BREAKS.split(text) if part)
    return visible(joined.replace("\t", " "))


def fit(text: str, cells: int, *, align: Literal["left", "right"] = "left", ellipsis: str = _ELLIPSIS) -> str:
    """The text as one line of exactly `cells` terminal cells: padded with spaces, or cut and ended by `ellipsis`.

    A wide character is never split; a cell left over in its place is a space. An ellipsis wider than `cells` is
    left out.
    """
    if cells <= 0:
        return ""
    if not _is_plain(text):
        return _fit_measured(text, cells, align, ellipsis)
    spare = cells - len(text)
    if spare >= 0:
        return text + " " * spare if align == "left" else " " * spare + text
    if ellipsis != _ELLIPSIS:
        return _fit_measured(text, cells, align, ellipsis)
    return text[: cells - 1] + ellipsis


def wrapped(text: str, cells: int, max_lines: int) -> list[str]:
    """The text in at most `max_lines` lines of at most `cells` cells, broken at spaces and at its own line breaks.

    Runs of spaces count as one. When not all of it fits, the last line ends with an ellipsis.
    """
    if cells <= 0 or max_lines <= 0:
        return []
    limit = _scan_limit(cells * max_lines)
    lines: list[str] = []
    for part in _BREAK.split(text[:limit].rstrip("\r\n")):
        lines += _wrapped_line(visible(part.replace("\t", " ")), cells)
        if len(lines) > max_lines:
            break
    shown = lines[:max_lines]
    if len(lines) > max_lines or len(text) > limit:
        shown[-1] = _head(shown[-1], cells - 1).rstrip() + _ELLIPSIS
    return shown


def plain(text: str) -> Content:
    """The text for a Textual widget that takes content: never parsed as markup, its line breaks kept."""
    if _is_plain(text):
        return Content(text)
    return Content("\n".join(visible(line.replace("\t", "    ")) for line in _BREAK.split(text)))


def _is_plain(text: str) -> bool:
    """Whether the text is printable ASCII, one cell for each character: by far the most of what is drawn."""
    return text.isascii() and text.isprintable()


def _sign(match: re.Match[str]) -> str:
    """What to draw for one unseen character, given its neighbours."""
    character = match.group()
    code = ord(character)
    if code < 0x20:
        return "\u2424" if character == "\n" else chr(0x2400 + code)
    if code == 0x7F:
        return "\u2421"
    if character == "\ufe0f":
        return ""
    if character in _JOINERS:
        text, at = match.string, match.start()
        before, after = text[at - 1 : at], text[at + 1 : at + 2]
        if re.match(_JOINING_SCRIPT, before):
            return character if re.match(_JOINING_SCRIPT, after) else ""
        if re.match(_PICTOGRAPH, before) and re.match(_PICTOGRAPH, after):
            return ""
    return f"\u2039U+{code:04X}\u203a"


def _scan_limit(cells: int) -> int:
    """How many characters are worth reading to fill `cells`, so that a very long note costs what is shown of it."""
    return cells * 8 + 64


def _fit_measured(text: str, cells: int, align: Literal["left", "right"], ellipsis: str) -> str:
    """`fit` for text whose characters need measuring."""
    limit = _scan_limit(cells)
    line = one_line(text[:limit])
    width = cell_len(line)
    if width > cells or len(text) > limit:
        end = visible(ellipsis)
        if cell_len(end) > cells:
            end = ""
        line = _head(line, cells - cell_len(end)) + end
        width = cell_len(line)
    padding = " " * (cells - width)
    return line + padding if align == "left" else padding + line


def _head(line: str, cells: int) -> str:
    """The longest start of the line that is at most `cells` wide."""
    width = 0
    for start, _end, size in split_graphemes(line)[0]:
        width += size
        if width > cells:
            return line[:start]
    return line


def _wrapped_line(line: str, cells: int) -> list[str]:
    """One line without breaks, folded at spaces, and inside words that are wider than a line."""
    lines: list[str] = []
    current, width = "", 0
    for word in line.split():
        size = cell_len(word)
        if current and width + 1 + size <= cells:
            current, width = f"{current} {word}", width + 1 + size
            continue
        if current:
            lines.append(current)
        while size > cells:
            head = _head(word, cells) or _ELLIPSIS
            lines.append(head)
            word = word[len(head) :]
            size = cell_len(word)
        current, width = word, size
    return [*lines, current] if current or not lines else lines
