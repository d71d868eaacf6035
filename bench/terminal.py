"""The far end of the pty: what stands on the screen, and the answers that a terminal gives."""

from __future__ import annotations

import codecs
import re
from typing import Final

import pyte

_TOKEN: Final = re.compile(
    r"(?P<text>[^\x1b]+)"
    r"|\x1b\[(?P<parameters>[0-?]*)(?P<intermediate>[ -/]*)(?P<final>[@-~])"
    r"|\x1b\](?P<osc>[^\x07\x1b]*)(?:\x07|\x1b\\)"
    r"|\x1b[P_^X][^\x1b]*\x1b\\"
    r"|\x1b[ -/]+[0-~]"
    r"|\x1b[0-OQ-WYZ\\`-~]"
)
_LONGEST_SEQUENCE: Final = 4096
_MOVES_AND_EDITS: Final = frozenset("ABCDEFGHJKLMPXadefgr@`")
_QUERY: Final = re.compile(rb"\x1b\[[>=?]?[0-9;]*(?:c|n|q|\$p)|\x1b\]1[01];\?")


def asks(chunk: bytes) -> bool:
    """Whether a program may be waiting for an answer to something in this chunk."""
    return _QUERY.search(chunk) is not None


class Terminal:
    """An xterm as far as text goes: colours are dropped, since only words are looked for.

    It says that it knows neither synchronised output (mode 2026) nor size reports in band (mode 2048) nor kitty's keys,
    as the terminal of TERMINAL.md did, so that byte counts compare.
    """

    def __init__(self, columns: int, lines: int) -> None:
        self._screen = pyte.Screen(columns, lines)
        self._stream = pyte.Stream(self._screen)
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._unfinished = ""

    def text(self) -> str:
        """The screen as lines of text."""
        return "\n".join(self._screen.display)

    def feed(self, chunk: bytes) -> bytes:
        """Show what a program sent; the answers to what it asked."""
        text = self._unfinished + self._decoder.decode(chunk)
        answers: list[bytes] = []
        place = 0
        while place < len(text):
            token = _TOKEN.match(text, place)
            if token is None:
                break
            place = token.end()
            answers.append(self._take(token))
        self._unfinished = text[place:]
        if len(self._unfinished) > _LONGEST_SEQUENCE:
            self._unfinished = self._unfinished[1:]
        return b"".join(answers)

    def _take(self, token: re.Match[str]) -> bytes:
        if token["text"] is not None:
            self._stream.feed(token["text"])
        elif token["final"] is not None:
            return self._control(token["parameters"], token["intermediate"], token["final"], token[0])
        elif token["osc"] is not None:
            return self._colour(token["osc"])
        return b""

    def _control(self, parameters: str, intermediate: str, final: str, whole: str) -> bytes:
        if not intermediate and final in _MOVES_AND_EDITS and parameters[:1] not in ("<", "=", ">"):
            self._stream.feed(whole)
            return b""
        if parameters == "?1049" and final in "hl":
            self._screen.reset()
        if (intermediate, final) == ("$", "p"):
            return f"\x1b[?{parameters.removeprefix('?')};0$y".encode()
        cursor = self._screen.cursor
        answers = {
            ("", "c"): "\x1b[?62;22c",
            (">", "c"): "\x1b[>41;390;0c",
            (">", "q"): "\x1bP>|XTerm(390)\x1b\\",
            ("5", "n"): "\x1b[0n",
            ("6", "n"): f"\x1b[{cursor.y + 1};{cursor.x + 1}R",
        }
        return answers.get((parameters.removesuffix("0"), final), "").encode()

    def _colour(self, command: str) -> bytes:
        answers = {"10;?": "\x1b]10;rgb:e6e6/e6e6/e6e6\x1b\\", "11;?": "\x1b]11;rgb:1010/1010/1010\x1b\\"}
        return answers.get(command, "").encode()
