"""How a trainer says what sort of touch it was, and what follows from that (DOMAIN.md section 3, touch)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from relationships.names import Words, fold_words
from relationships.vocabulary import Channel, Direction, TouchKind

_ALIASES: Final[Mapping[TouchKind, str]] = {
    TouchKind.VISIT: "visit, visited, saw, met, meeting, v",
    TouchKind.PHONE_CALL: "call, called, phone, phoned, rang, ring, c",
    TouchKind.EMAIL: "email, emailed, e-mail, mail, e",
    TouchKind.LETTER: "letter, wrote",
    TouchKind.TEXT_MESSAGE: "text, texted, sms",
    TouchKind.CARD_DROP: "card, cards",
    TouchKind.LUNCH_AND_LEARN: "lunch",
    TouchKind.STUDIO_TOUR: "tour",
    TouchKind.WORKOUT_SESSION: "workout",
    TouchKind.OWN_TREATMENT: "treatment",
    TouchKind.JOINT_APPOINTMENT: "joint",
    TouchKind.CASE_DISCUSSION: "case",
    TouchKind.PLACEMENT_SHIFT: "shift, placement",
    TouchKind.EVENT: "event",
    TouchKind.THANK_YOU_NOTE: "thanks, thankyou, thank-you, thank-you card, thank-you letter",
    TouchKind.STUDY_SHARED: "study",
    TouchKind.REPORT_SENT: "report",
    TouchKind.VIDEO_CALL: "video",
    TouchKind.OTHER: "other",
}
_KINDS: Final[Mapping[Words, TouchKind]] = {
    fold_words(alias): kind
    for kind, aliases in _ALIASES.items()
    for alias in (*aliases.split(", "), kind.words, kind.short)
}
_MOST_WORDS: Final = max(map(len, _KINDS))

_CHANNELS: Final[Mapping[TouchKind, Channel]] = {
    TouchKind.PHONE_CALL: Channel.PHONE,
    TouchKind.EMAIL: Channel.EMAIL,
    TouchKind.LETTER: Channel.POST,
    TouchKind.TEXT_MESSAGE: Channel.TEXT,
    TouchKind.THANK_YOU_NOTE: Channel.POST,
    TouchKind.STUDY_SHARED: Channel.EMAIL,
    TouchKind.REPORT_SENT: Channel.EMAIL,
    TouchKind.VIDEO_CALL: Channel.VIDEO,
}
_ONE_WAY: Final = frozenset(
    (
        TouchKind.LETTER,
        TouchKind.EMAIL,
        TouchKind.TEXT_MESSAGE,
        TouchKind.CARD_DROP,
        TouchKind.THANK_YOU_NOTE,
        TouchKind.STUDY_SHARED,
        TouchKind.REPORT_SENT,
        TouchKind.OTHER,
    )
)
_NOUNS: Final = {TouchKind.VIDEO_CALL: "video call", TouchKind.CARD_DROP: "card drop", TouchKind.OTHER: "touch"}


class Opening(msgspec.Struct, frozen=True):
    """What the first words of a note say about the touch; `direction` None leaves it as it was."""

    two_way: bool
    direction: Direction | None = None


_UNANSWERED: Final = "no answer, no reply, voicemail, left message, left a message, left voicemail, left a voicemail"
_ANSWERED: Final = "replied, answered, rang back, called back, wrote back"
_THEY_BEGAN: Final = "called, rang, phoned, emailed, wrote, texted, came"
_OPENINGS: Final[Mapping[Words, Opening]] = {
    **{fold_words(words): Opening(False) for words in _UNANSWERED.split(", ")},
    **{
        fold_words(f"{who}{words}"): Opening(True)
        for who in ("", "they ", "she ", "he ")
        for words in _ANSWERED.split(", ")
    },
    **{
        fold_words(f"{who} {words}"): Opening(True, Direction.IN)
        for who in ("they", "she", "he")
        for words in _THEY_BEGAN.split(", ")
    },
}
_LONGEST_OPENING: Final = max(map(len, _OPENINGS))
_FAR_ENOUGH: Final = 80


def channel_of(kind: TouchKind) -> Channel:
    """How a touch of this kind usually reaches the other side."""
    return _CHANNELS.get(kind, Channel.IN_PERSON)


def usually_two_way(kind: TouchKind) -> bool:
    """Whether the other side takes part in a touch of this kind unless something else is said."""
    return kind not in _ONE_WAY


def touch_noun(kind: TouchKind | None) -> str:
    """The kind in a sentence: "visit", "call"; "touch" when it is none in particular."""
    return "touch" if kind is None else _NOUNS.get(kind, kind.short)


def with_article(noun: str) -> str:
    """The noun with "a" or "an"."""
    return f"{'an' if noun[:1] in 'aeiou' else 'a'} {noun}"


def read_kind(tokens: Sequence[Words]) -> tuple[TouchKind, int] | None:
    """The kind that the first tokens name, in full or by a short word, and how many tokens it took."""
    for used in range(min(_MOST_WORDS, len(tokens)), 0, -1):
        kind = _KINDS.get(tuple(word for token in tokens[:used] for word in token))
        if kind is not None:
            return kind, used
    return None


def kind_beginning_with(typed: str) -> str | None:
    """The word for a kind that a typed beginning will become."""
    beginning = "".join(fold_words(typed))
    if not beginning:
        return None
    return next((words[0] for words in _KINDS if len(words) == 1 and words[0].startswith(beginning)), None)


def opening_of(note: str) -> Opening | None:
    """What the first words of a note say: "no answer", "left a message", "they rang"."""
    first = fold_words(note[:_FAR_ENOUGH])
    for used in range(min(_LONGEST_OPENING, len(first)), 0, -1):
        if (opening := _OPENINGS.get(first[:used])) is not None:
            return opening
    return None
