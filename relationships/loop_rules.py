"""Rules that keep the loop of a referral closed, both ways (DOMAIN.md section 4, rows 8 to 17; section 1, row 31).

Each is a function of a case, which is one practitioner of a book on a day under the settings, and one referral. A
client is in hand, so that `do_not_contact` and pauses silence none of them; the client is named by code only.
"""

from __future__ import annotations

from datetime import date
from typing import Final

from relationships.case import Case, Raised, Window, after, next_working_day, thanks
from relationships.date_words import counted
from relationships.records import Referral, Touch
from relationships.vocabulary import Direction, Purpose, ReferralDirection, ReferralState, TouchKind

_WITH_THE_REFERRER: Final = frozenset({ReferralState.STARTED, ReferralState.NO_SHOW})
_ENDED: Final = frozenset({ReferralState.COMPLETED, ReferralState.ENDED_EARLY})
_NO_WORD: Final = frozenset({ReferralState.SENT, ReferralState.ACCEPTED, ReferralState.SEEN})
_NOT_BACK: Final = _NO_WORD | {ReferralState.REPORTED_BACK}


def client_of(referral: Referral) -> str:
    """The code of the client, else "the client"."""
    return referral.client_code or "the client"


def came_in(referral: Referral) -> bool:
    """A practitioner sent somebody."""
    return referral.direction is ReferralDirection.RECEIVED


def moved_on(referral: Referral, states: frozenset[ReferralState]) -> date:
    """The day of the last move into one of these states, else the day of the referral."""
    for move in reversed(referral.moves):
        if move.state in states:
            return move.on
    return referral.day


def referral_thanks(case: Case, referral: Referral) -> Raised | None:
    """Referral received -> thank and acknowledge: 1 day, limit 2 (section 4, row 8 [MM])."""
    if not came_in(referral) or referral.state is not ReferralState.RECEIVED or referral.loop.ack is not None:
        return None
    window = case.window("referral_thanks", referral.day, buys=False)
    if window is None or any(map(thanks, case.done_since(referral.day))):
        return None
    return case.raised(
        "referral_thanks",
        window,
        f"thank them for the referral of {client_of(referral)}",
        lambda: (
            f"A referral is acknowledged within {counted(window.target, 'day')}; {client_of(referral)} came on "
            f"{case.on(referral.day)}."
        ),
        referral,
        does="referral",
    )


def referral_client_call(case: Case, referral: Referral) -> Raised | None:
    """Referral received -> call the client, 1 working day (section 4, row 8; the limit of 2 is our judgement)."""
    early = (ReferralState.RECEIVED, ReferralState.ACKNOWLEDGED)
    days = case.settings.days_of("referral_client_call", case.person)
    if not came_in(referral) or referral.state not in early or days is None:
        return None
    due = next_working_day(referral.day, days.target)
    if due > case.until:
        return None
    limit = next_working_day(referral.day, days.limit) if days.limit is not None else None
    return case.raised(
        "referral_client_call",
        Window(due, limit, days.target),
        f"call {client_of(referral)}",
        lambda: (
            f"Somebody who was referred is called within {counted(days.target, 'working day')}; {client_of(referral)} "
            f"came on {case.on(referral.day)}."
        ),
        referral,
        does="referral",
    )


def first_session_told(case: Case, referral: Referral) -> Raised | None:
    """First session held or missed -> tell the referrer: 1 day, limit 2 (section 4, row 9 [PR-doc][APFS])."""
    if not came_in(referral) or referral.state not in _WITH_THE_REFERRER:
        return None
    held = referral.state is ReferralState.STARTED
    on = referral.loop.start if held and referral.loop.start is not None else moved_on(referral, _WITH_THE_REFERRER)
    window = case.window("first_session_told", on, buys=False)
    if window is None or _told(case, referral, on):
        return None
    happened = "started" if held else "missed the first session"
    return case.raised(
        "first_session_told",
        window,
        f"tell them that {client_of(referral)} {'has started' if held else 'did not come'}",
        lambda: (
            f"A referrer hears of the first session within {counted(window.target, 'day')}; {client_of(referral)} "
            f"{happened} on {case.on(on)}."
        ),
        referral,
        kind=TouchKind.PHONE_CALL,
    )


def _told(case: Case, referral: Referral, since: date) -> bool:
    """The referrer was told of it: in a talk, by a report, or by a day in the loop."""
    loop = referral.loop
    if any(day is not None and day >= since for day in (loop.summary, loop.last_report)):
        return True
    return any(touch.two_way or reports(touch) for touch in case.done_since(since))


def reports(touch: Touch) -> bool:
    """It brought a report."""
    return touch.kind is TouchKind.REPORT_SENT or Purpose.REPORT in touch.purpose


def progress_report(case: Case, referral: Referral) -> Raised | None:
    """Progress report, practitioner-referred client: 30 days, or their own interval (section 4, row 11 [MES6])."""
    if not came_in(referral) or referral.state is not ReferralState.STARTED:
        return None
    days = case.settings.days_of("progress_report", case.person)
    if days is None:
        return None
    loop = referral.loop
    since = max((day for day in (loop.start, loop.summary, loop.last_report) if day is not None), default=referral.day)
    since = next((touch.day for touch in case.done_since(since) if reports(touch)), since)
    target = case.person.report_preference.interval or days.target
    due = after(since, target)
    if due > case.until:
        return None
    limit = after(since, days.limit) if days.limit is not None else None
    return case.raised(
        "progress_report",
        Window(due, limit, target),
        f"report on {client_of(referral)}, every {target} days",
        lambda: (
            f"A referrer gets a report every {target} days; the last word on {client_of(referral)} was on "
            f"{case.on(since)}."
        ),
        referral,
        kind=TouchKind.REPORT_SENT,
    )


def discharge_summary(case: Case, referral: Referral) -> Raised | None:
    """Ended -> discharge summary, 7 days (section 4, row 14)."""
    if not came_in(referral) or referral.state not in _ENDED or referral.loop.outcome:
        return None
    ended = moved_on(referral, _ENDED)
    report = referral.loop.last_report
    if report is not None and report >= ended:
        return None
    window = case.window("discharge_summary", ended, buys=False)
    if window is None or any(map(reports, case.done_since(ended))):
        return None
    return case.raised(
        "discharge_summary",
        window,
        f"write the discharge summary of {client_of(referral)}",
        lambda: (
            f"When the training has ended, the referrer hears how within {counted(window.target, 'day')}; "
            f"{client_of(referral)} ended on {case.on(ended)}."
        ),
        referral,
        kind=TouchKind.REPORT_SENT,
    )


def given_call(case: Case, referral: Referral) -> Raised | None:
    """Client sent to a practitioner -> call the practice the next day (section 4, row 15 [PRB]).

    A call since then has done it, answered or not; from the day of `given_no_word` on that rule asks.
    """
    if came_in(referral) or referral.state is not ReferralState.SENT:
        return None
    sent = referral.day
    no_word = case.settings.days_of("given_no_word", case.person)
    if no_word is not None and case.today >= after(sent, no_word.target):
        return None
    window = case.window("given_call", sent, buys=False)
    if window is None or any(map(_called, case.done_since(sent))):
        return None
    return case.raised(
        "given_call",
        window,
        f"call the practice about {client_of(referral)}",
        lambda: (
            f"The practice is called {counted(window.target, 'day')} after somebody was sent; {client_of(referral)} "
            f"went on {case.on(sent)}."
        ),
        referral,
        kind=TouchKind.PHONE_CALL,
    )


def _called(touch: Touch) -> bool:
    return touch.two_way or (touch.kind is TouchKind.PHONE_CALL and touch.direction is Direction.OUT)


def given_ask_client(case: Case, referral: Referral) -> Raised | None:
    """Client sent to a practitioner -> ask the client 7 days after the visit (section 4, row 15)."""
    if came_in(referral) or referral.state is not ReferralState.SEEN:
        return None
    seen = moved_on(referral, frozenset({ReferralState.SEEN}))
    window = case.window("given_ask_client", seen, buys=False)
    if window is None:
        return None
    return case.raised(
        "given_ask_client",
        window,
        f"ask {client_of(referral)} how the visit went",
        lambda: (
            f"A client is asked {counted(window.target, 'day')} after the visit; {client_of(referral)} was seen on "
            f"{case.on(seen)}."
        ),
        referral,
        does="referral",
    )


def given_no_word(case: Case, referral: Referral) -> Raised | None:
    """Given referral with no word back: day 21 (section 4, row 16). A two-way touch restarts it from its own day."""
    if came_in(referral) or referral.state not in _NO_WORD:
        return None
    window = case.window("given_no_word", case.two_way_since(referral.day))
    if window is None:
        return None
    return case.raised(
        "given_no_word",
        window,
        f"ask for word of {client_of(referral)}",
        lambda: (
            f"Word is asked for after {counted(window.target, 'day')} of silence; {client_of(referral)} was sent on "
            f"{case.on(referral.day)}."
        ),
        referral,
        does="referral",
    )


def given_reassessment(case: Case, referral: Referral) -> Raised | None:
    """Given referral -> reassessment, 42 days (section 4, row 16)."""
    if came_in(referral) or referral.state not in _NOT_BACK:
        return None
    window = case.window("given_reassessment", referral.day, buys=False)
    if window is None:
        return None
    return case.raised(
        "given_reassessment",
        window,
        f"reassess {client_of(referral)}",
        lambda: (
            f"A client who was sent on is assessed again after {counted(window.target, 'day')}; {client_of(referral)} "
            f"was sent on {case.on(referral.day)}."
        ),
        referral,
        does="referral",
    )
