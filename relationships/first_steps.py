"""Rules of a beginning: introductions, letters, first meetings, what follows a visit (DOMAIN.md section 4).

Each is a function of a case, which is one practitioner of a book on a day under the settings.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from relationships.case import Case, Raised, after, thanks
from relationships.date_words import counted
from relationships.records import Touch
from relationships.stages import spoken
from relationships.touch_kinds import touch_noun, with_article
from relationships.vocabulary import Direction, TouchKind

WRITTEN: Final = frozenset({TouchKind.LETTER, TouchKind.EMAIL})
"""What counts as a letter: it can be put aside unread."""
PAPER: Final = WRITTEN | {TouchKind.CARD_DROP}
"""What never advances a relationship by itself."""
THANKS_LAPSE_DAYS: Final = 30
"""A thank-you that was missed for so long lapses: then the second contact or the rhythm asks (our judgement)."""

_NUMBERS: Final = ("no", "a", "two", "three", "four", "five", "six", "seven", "eight", "nine")


def introduced_call(case: Case) -> Raised | None:
    """Introduction sent -> phone or email follow-up, window day 5-7 (section 4, row 1 [PR5]; section 1, row 6).

    Any touch but a card drop since then was that follow-up. It gives way on the day of the visit of `letters_only`.
    """
    if case.last is None or case.last_two_way is not None:
        return None
    later = [touch for touch in case.done() if touch.kind is not TouchKind.CARD_DROP]
    if len(later) != 1 or later[0].kind not in WRITTEN or later[0].direction is not Direction.OUT:
        return None
    intro = later[0]
    visit = case.settings.days_of("letters_only", case.person)
    if visit is not None and case.today >= after(intro.day, visit.target):
        return None
    window = case.window("introduced_call", intro.day, buys=False)
    if window is None:
        return None
    noun = touch_noun(intro.kind)
    days = f"{window.target}" if window.limit is None else f"{window.target} to {(window.limit - intro.day).days}"
    return case.raised(
        "introduced_call",
        window,
        f"ring about your {noun}",
        lambda: (
            f"An introduction is followed by a call on day {days}; {with_article(noun)} went on {case.on(intro.day)}."
        ),
        intro,
        kind=TouchKind.PHONE_CALL,
    )


def letters_without_visit(touches: Iterable[Touch]) -> int:
    """How many letters or emails went out to somebody with whom nobody has spoken yet (section 1, row 21).

    From 2 on it is time to warn, and to propose no further one.
    """
    letters = 0
    for touch in touches:
        if touch.done_on is None:
            continue
        if spoken(touch):
            return 0
        letters += touch.kind in WRITTEN and touch.direction is Direction.OUT
    return letters


def letters_only(case: Case) -> Raised | None:
    """Letter or card only -> personal visit, day 14; no third letter (section 4, row 2; section 1, rows 21 and 26).

    The second letter makes the visit due on its own day. Letters and cards buy no days here.
    """
    if case.last is None or case.last_two_way is not None:
        return None
    days = case.settings.days_of("letters_only", case.person)
    paper = [touch for touch in case.done() if touch.kind in PAPER and touch.direction is Direction.OUT]
    if days is None or not paper:
        return None
    first = paper[-1]
    letters = [touch for touch in paper if touch.kind in WRITTEN]
    since = first.day if len(letters) < 2 else min(first.day, after(letters[-2].day, -days.target))
    window = case.window("letters_only", since, buys=case.last.kind not in PAPER)
    if window is None:
        return None
    so_far = _so_far(len(letters))
    return case.raised(
        "letters_only",
        window,
        f"{so_far}, no visit yet: go and see them",
        lambda: (
            f"Letters and cards alone rarely work, a visit follows by day {days.target}: {so_far} went out, the first "
            f"on {case.on(first.day)}, and nobody has spoken yet."
        ),
        first,
        kind=TouchKind.VISIT,
    )


def _so_far(letters: int) -> str:
    if letters == 0:
        return "only a card"
    number = _NUMBERS[letters] if letters < len(_NUMBERS) else str(letters)
    return "a letter" if letters == 1 else f"{number} letters"


def first_meeting_thanks(case: Case) -> Raised | None:
    """First meeting -> handwritten thank-you naming one thing learned, 2 days (section 4, row 3 [MW])."""
    met = case.first_meeting()
    if met is None:
        return None
    return _thank(
        case,
        "first_meeting_thanks",
        met,
        "thank-you by hand: name one thing you learned",
        "A first meeting is answered",
    )


def second_contact(case: Case) -> Raised | None:
    """First meeting -> second contact, by day 30, limit day 90 (section 4, row 4 [MW])."""
    met = case.first_meeting()
    if met is None:
        return None
    window = case.window("second_contact", met.day)
    if window is None:
        return None
    return case.raised(
        "second_contact",
        window,
        "get in touch a second time",
        lambda: (
            f"A first meeting is followed by a second contact within {counted(window.target, 'day')}; you met on "
            f"{case.on(met.day)}."
        ),
        met,
        kind=TouchKind.PHONE_CALL,
    )


def visit_thanks(case: Case) -> Raised | None:
    """Visit -> thank-you in 48 hours (section 1, row 22 [MW]); a first meeting has a rule of its own."""
    met = case.last_two_way
    if met is None or met.kind is not TouchKind.VISIT or case.first_meeting() is met:
        return None
    return _thank(case, "visit_thanks", met, "thank them for their time", "A visit is answered")


def workout_thanks(case: Case) -> Raised | None:
    """One-to-one workout -> thank-you within 2 days of the session (section 1, row 19 [MW])."""
    met = case.last_two_way
    if met is None or met.kind is not TouchKind.WORKOUT_SESSION or case.first_meeting() is met:
        return None
    return _thank(case, "workout_thanks", met, "thank them for training with you", "A workout together is answered")


def treatment_thanks(case: Case) -> Raised | None:
    """Own treatment -> thank-you in 48 hours (section 1, row 27)."""
    met = case.last_two_way
    if met is None or met.kind is not TouchKind.OWN_TREATMENT or case.first_meeting() is met:
        return None
    return _thank(case, "treatment_thanks", met, "thank them for the treatment", "A treatment of your own is answered")


def _thank(case: Case, rule: str, met: Touch, what: str, opening: str) -> Raised | None:
    """A thank-you for the last two-way touch; None once it was said, or has lapsed."""
    if (case.today - met.day).days > THANKS_LAPSE_DAYS:
        return None
    if any(thanks(touch) for touch in case.done_since(met.day) if touch is not met):
        return None
    window = case.window(rule, met.day)
    if window is None:
        return None
    return case.raised(
        rule,
        window,
        what,
        lambda: (
            f"{opening} with thanks within {counted(window.target, 'day')}; {with_article(touch_noun(met.kind))} took "
            f"place on {case.on(met.day)}."
        ),
        met,
        kind=TouchKind.THANK_YOU_NOTE,
    )


def treatment_next(case: Case) -> Raised | None:
    """Own treatment -> next step, day 14 (section 1, row 27)."""
    met = case.last_two_way
    if met is None or met.kind is not TouchKind.OWN_TREATMENT:
        return None
    window = case.window("treatment_next", met.day)
    if window is None:
        return None
    return case.raised(
        "treatment_next",
        window,
        "choose the next step after your treatment",
        lambda: (
            f"A treatment of your own is followed up within {counted(window.target, 'day')}; it was on "
            f"{case.on(met.day)}."
        ),
        met,
        does="next_step",
    )


def route_missing(case: Case) -> Raised | None:
    """Met, but no referral route given -> day 7 (section 1, row 1)."""
    practice = case.practice
    if practice is None or practice.route_given_on is not None:
        return None
    met = next((touch for touch in case.oldest_first() if spoken(touch)), None)
    if met is None:
        return None
    window = case.window("route_missing", met.day, buys=False)
    if window is None:
        return None
    return case.raised(
        "route_missing",
        window,
        f"give {practice.name} a one-step way to refer",
        lambda: (
            f"A practice knows how to refer within {counted(window.target, 'day')} of meeting; you met on "
            f"{case.on(met.day)}, and no way is noted."
        ),
        practice,
        does="practice",
    )
