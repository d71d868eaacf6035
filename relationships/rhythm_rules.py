"""Rules of a relationship that goes on: the rhythm, referrals that flow, slow or stop, questions and asks
(DOMAIN.md section 4).

Each is a function of a case, which is one practitioner of a book on a day under the settings.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from relationships.cadence import bought_until, rhythm, rhythm_source
from relationships.case import Case, Raised, Window, after
from relationships.date_words import counted, day_words
from relationships.first_steps import WRITTEN, letters_without_visit
from relationships.records import Touch
from relationships.stages import activity
from relationships.vocabulary import Activity, Channel, Direction, Purpose, TouchKind

_FLOWING: Final = frozenset({Activity.ACTIVE, Activity.REACTIVATED})
_COUNTED_DAYS: Final = 30
_ASK_LAPSES: Final = 182
_WAYS: Final = {
    Channel.IN_PERSON: TouchKind.VISIT,
    Channel.PHONE: TouchKind.PHONE_CALL,
    Channel.VIDEO: TouchKind.VIDEO_CALL,
    Channel.POST: TouchKind.LETTER,
    Channel.EMAIL: TouchKind.EMAIL,
    Channel.TEXT: TouchKind.TEXT_MESSAGE,
}


def way_of(case: Case) -> TouchKind:
    """By what to get in touch: the way they prefer, else a call; a visit where it would be one letter more with nobody
    having been spoken to (section 4, row 2: no third letter suggested)."""
    preferred = case.person.channel_preferred
    kind = _WAYS.get(preferred, TouchKind.PHONE_CALL) if preferred is not None else TouchKind.PHONE_CALL
    return TouchKind.VISIT if kind in WRITTEN and letters_without_visit(case.done()) >= 2 else kind


def cadence(case: Case) -> Raised | None:
    """Tier cadence, target and limit: A 30/45, B 60/90, C 90/120, parked none (section 4, row 6).

    A done two-way touch restarts it from its own day; before the first it counts from the day the record was made, once
    anything was sent. While referrals flow, it is held (row 7).
    """
    if case.last is None:
        return None
    own = rhythm(case.person, case.settings)
    if own is None:
        return None
    last = case.last_two_way
    since = last.day if last is not None else case.person.created_at.date()
    bought = bought_until(case.last)
    due = max(after(since, own.target), bought)
    if due > case.until or _held(case):
        return None
    limit = max(after(since, own.limit), bought)
    kind = way_of(case)
    spoke = f"the last two-way touch was on {case.on(since)}" if last is not None else "nobody has answered yet"
    source = rhythm_source(case.person, case.settings)
    return case.raised(
        "cadence",
        Window(due, limit, own.target),
        f"{kind.short}: keep in touch",
        lambda: f"The rhythm {source} is {own.target} days, {own.limit} at most; {spoke}.",
        last if last is not None else case.person,
        kind=kind,
    )


def _held(case: Case) -> bool:
    """Referrals flow, so nobody comes round just to be seen (section 4, row 7)."""
    quiet = case.settings.days_of("flow_quiet", case.person)
    if quiet is None:
        return False
    came = case.last_received()
    return came is not None and case.today < after(came.day, quiet.target)


def flow_quiet(case: Case) -> Raised | None:
    """Referrals flowing: hold social visits; nudge when quiet for 21-28 days (section 4, row 7 [DOCU])."""
    came = case.last_received()
    if came is None or case.activity not in _FLOWING:
        return None
    window = case.window("flow_quiet", case.two_way_since(came.day))
    if window is None:
        return None
    return case.raised(
        "flow_quiet",
        window,
        f"{way_of(case).short}: a word after a quiet spell",
        lambda: (
            f"Where referrals flow, a quiet spell of {counted(window.target, 'day')} is worth a word; the last came on "
            f"{case.on(came.day)}."
        ),
        came,
        kind=way_of(case),
    )


def slowing(case: Case) -> Raised | None:
    """Slowing alert: the 30-day count is at most 60 % of the own 3-month monthly mean, mean >= 1 (section 4 [PM7]).

    Whoever was spoken to since it began, within the days that the count covers, has been asked.
    """
    came = case.last_received()
    if came is None or case.activity is not Activity.SLOWING:
        return None
    began = _slowing_since(case)
    spoke = case.last_two_way
    if spoke is not None and spoke.day >= began and (case.today - spoke.day).days < _COUNTED_DAYS:
        return None
    window = case.window("slowing", began)
    if window is None:
        return None
    return case.raised(
        "slowing",
        window,
        "ask how your reports serve them: fewer referrals",
        lambda: (
            f"The last 30 days brought at most 60 % of the monthly mean of the three months before; the last referral "
            f"came on {case.on(came.day)}."
        ),
        came,
        kind=TouchKind.PHONE_CALL,
    )


def _slowing_since(case: Case) -> date:
    """The first day of the present spell, looking back no further than the count does."""
    day = case.today
    for _ in range(_COUNTED_DAYS):
        before = day - timedelta(days=1)
        if activity(case.book, case.person.id, before) is not Activity.SLOWING:
            break
        day = before
    return day


def lapsed(case: Case) -> Raised | None:
    """Lapsed alert: 90 days with no referral (section 4 [RRM-status]); section 9: ask what changed, without defence.

    A two-way touch once it has lapsed has asked; the question comes again as many days after it.
    """
    came = case.last_received()
    days = case.settings.days_of("lapsed", case.person)
    if came is None or days is None:
        return None
    due = after(came.day, days.target)
    spoke = case.last_two_way
    since = spoke.day if spoke is not None and spoke.day >= due else came.day
    window = case.window("lapsed", since)
    if window is None or window.due > case.today:
        return None
    return case.raised(
        "lapsed",
        window,
        "ask what has changed",
        lambda: (
            f"No referral for {counted(days.target, 'day')} counts as lapsed; the last came on {case.on(came.day)}."
        ),
        came,
        kind=TouchKind.PHONE_CALL,
    )


def question_unanswered(case: Case) -> Raised | None:
    """A question about a client, unanswered: day 10 nudge, day 20 phone (section 1, row 16)."""
    if case.last is case.last_two_way:
        return None
    asked = next((touch for touch in case.done() if touch.two_way or Purpose.ASK_INPUT in touch.purpose), None)
    if asked is None or asked.two_way or asked.direction is not Direction.OUT:
        return None
    window = case.window("question_unanswered", asked.day)
    if window is None:
        return None
    phone = window.limit is not None and case.today >= window.limit
    return case.raised(
        "question_unanswered",
        window,
        f"asked a question {day_words(asked.day, case.today)}: {'ring them' if phone else 'ask again'}",
        lambda: f"A question is asked again after {counted(window.target, 'day')}; it went on {case.on(asked.day)}.",
        asked,
        kind=TouchKind.PHONE_CALL if phone else way_of(case),
    )


def ask_again(case: Case) -> Raised | None:
    """Asked for referrals -> ask again after 60 days (section 1, row 17); a referral since then has answered.

    After half a year it is a new ask, not the same one again (our judgement).
    """
    asked = _last_ask(case)
    if asked is None:
        return None
    window = case.window("ask_again", asked.day)
    if window is None:
        return None
    came = case.last_received()
    if came is not None and came.day >= asked.day:
        return None
    return case.raised(
        "ask_again",
        window,
        "ask for referrals once more",
        lambda: (
            f"An ask is repeated after {counted(window.target, 'day')}; you asked on "
            f"{case.on(asked.day)}, and nobody came since."
        ),
        asked,
    )


def _last_ask(case: Case) -> Touch | None:
    """The last time they were asked for referrals, within half a year. Nearly everybody is looked at: no detours."""
    since, today = after(case.today, -_ASK_LAPSES), case.today
    for touch in case.touches:
        done_on = touch.done_on
        if done_on is None or done_on > today:
            continue
        if done_on < since:
            break
        if touch.purpose and Purpose.ASK_REFERRAL in touch.purpose:
            return touch
    return None
