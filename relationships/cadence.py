"""The rhythm of a relationship and what comes next in it (DOMAIN.md section 4).

Two thresholds: past the target a touch is due, past the limit it is too late.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, time, timedelta
from typing import TYPE_CHECKING, Final

import msgspec

from relationships.book import Book
from relationships.records import FollowUp, Practitioner, Touch
from relationships.stages import last_touch, last_two_way
from relationships.vocabulary import Direction, FollowUpState, Stage, Term, Tier

if TYPE_CHECKING:
    from relationships.rule_days import RuleSettings

UNANSWERED_DAYS: Final = 7
"""Days that an unanswered outbound touch buys (DOMAIN.md section 4, behaviour a)."""


class Rhythm(msgspec.Struct, frozen=True):
    """Days between two-way touches: the target, and the limit after which it is too late."""

    target: int
    limit: int


TIER_RHYTHMS: Final[Mapping[Tier, Rhythm]] = {
    Tier.A: Rhythm(30, 45),
    Tier.B: Rhythm(60, 90),
    Tier.C: Rhythm(90, 120),
}
"""DOMAIN.md section 4: tier cadence. A parked tier has none."""


LOOP_RULES: Final = frozenset(
    {
        "referral_thanks",
        "referral_client_call",
        "first_session_told",
        "progress_report",
        "discharge_summary",
        "given_call",
        "given_ask_client",
        "given_no_word",
        "given_reassessment",
    }
)
"""The rules about a client in hand: they come first, and nothing silences them (DOMAIN.md section 4, f and h)."""


class Lateness(Term):
    """Where a day stands: amber is past the target, red past the limit."""

    ON_TIME = "on_time"
    PAST_TARGET = "past_target"
    PAST_LIMIT = "past_limit"


class NextStep(msgspec.Struct, frozen=True):
    """The next thing agreed with a practitioner: its day, its words, and the record that holds it."""

    day: date
    words: str
    record: FollowUp | Touch


def rhythm(practitioner: Practitioner, settings: RuleSettings | None = None) -> Rhythm | None:
    """The rhythm set for the person, else what the settings say, else that of their tier; None without any."""
    own = practitioner.cadence_override
    if own is not None:
        return Rhythm(own.target, own.limit)
    if settings is not None and (chosen := settings.rhythm_of(practitioner)) is not None:
        return chosen
    return TIER_RHYTHMS.get(practitioner.tier) if practitioner.tier is not None else None


def rhythm_source(practitioner: Practitioner, settings: RuleSettings | None = None) -> str:
    """Where the rhythm comes from, in words: "of tier A", "set for them"."""
    theirs = practitioner.cadence_override is not None or (settings is not None and settings.sets_rhythm(practitioner))
    return "set for them" if theirs or practitioner.tier is None else f"of tier {practitioner.tier}"


def resting(practitioner: Practitioner) -> bool:
    """Nothing is expected of the relationship: set aside, parked, declined, or not to be contacted.

    A rhythm set for the person outlasts a parked tier, which is a matter of planning only.
    """
    by_hand = practitioner.stage_override
    return (
        practitioner.do_not_contact
        or practitioner.archived_at is not None
        or practitioner.trashed_at is not None
        or (practitioner.tier is Tier.PARKED and practitioner.cadence_override is None)
        or (by_hand is not None and by_hand.stage in (Stage.PARKED, Stage.DECLINED))
    )


def paused(practitioner: Practitioner, today: date) -> bool:
    """Left alone for now: rules ask for no contact before the day on which the pause ends."""
    return practitioner.paused_until is not None and today < practitioner.paused_until


def rule_of(follow_up: FollowUp) -> str:
    """The id of the rule that raised a follow-up, without the fact; "" for one that a trainer set."""
    return follow_up.rule.partition(":")[0]


def silenced(follow_up: FollowUp, people: Iterable[Practitioner], today: date) -> bool:
    """A rule raised it, not a trainer, and those whom it is with are not to be contacted, or not now."""
    rule = rule_of(follow_up)
    return bool(rule) and rule not in LOOP_RULES and any(p.do_not_contact or paused(p, today) for p in people)


def step_day(record: FollowUp | Touch) -> date:
    """The day of an open follow-up or a planned touch."""
    return record.due if isinstance(record, FollowUp) else record.day


def step_time(record: FollowUp | Touch) -> time | None:
    """The time of day agreed, if there is one."""
    return record.due_time if isinstance(record, FollowUp) else record.planned_time


def step_order(record: FollowUp | Touch) -> tuple[date, time, str]:
    """The order of steps: by day, then by time with the untimed ones last."""
    return (step_day(record), step_time(record) or time.max, record.id)


def step_words(record: FollowUp | Touch) -> str:
    """What is to be done, on one line: "call: about K-009's shoulder".

    A planned touch says the first line of its own note, else its purposes.
    """
    if isinstance(record, FollowUp):
        said = first_line(record.what)
        if record.kind is None:
            return said or "get in touch"
    else:
        said = first_line(record.note) or ", ".join(purpose.words for purpose in record.purpose)
    if record.kind is None or said.casefold().startswith((record.kind.short.casefold(), record.kind.words)):
        return said
    return f"{record.kind.short}: {said}" if said else record.kind.short


def first_line(text: str) -> str:
    """The first line that says something, without the spaces around it."""
    return text.strip().partition("\n")[0].rstrip()


def next_step(book: Book, practitioner_id: str) -> NextStep | None:
    """The earliest open follow-up or planned touch, overdue ones too; None when nothing is agreed."""
    steps: list[FollowUp | Touch] = [
        touch for touch in book.touches_with(practitioner_id) if touch.done_on is None and touch.cancelled_on is None
    ]
    steps.extend(f for f in book.follow_ups_of(practitioner_id) if f.state is FollowUpState.OPEN)
    if not steps:
        return None
    first = min(steps, key=step_order)
    return NextStep(step_day(first), step_words(first), first)


def next_steps(book: Book) -> dict[str, NextStep]:
    """`next_step` of every practitioner who has one, by id: for lists, at the price of what is open only."""
    first: dict[str, FollowUp | Touch] = {}
    for follow_up in book.open_follow_ups():
        if follow_up.practitioner is not None:
            _keep_earlier(first, follow_up.practitioner, follow_up)
    for touch in book.planned_touches():
        for practitioner in touch.practitioners:
            _keep_earlier(first, practitioner, touch)
    return {person: NextStep(step_day(record), step_words(record), record) for person, record in first.items()}


def _keep_earlier(first: dict[str, FollowUp | Touch], practitioner: str, record: FollowUp | Touch) -> None:
    known = first.get(practitioner)
    if known is None or step_order(record) < step_order(known):
        first[practitioner] = record


def rhythm_due(
    book: Book, practitioner: Practitioner, today: date, settings: RuleSettings | None = None
) -> date | None:
    """The day by which the rhythm wants a two-way touch, counted from the last one; None when no rhythm holds.

    Before the first one it counts from the day the record was made, once anything was sent at all (our judgement). An
    outbound touch since then, not answered, puts it off to seven days after that touch.
    """
    window = rhythm_window(book, practitioner, today, settings)
    return None if window is None else window[0]


def rhythm_window(
    book: Book, practitioner: Practitioner, today: date, settings: RuleSettings | None = None
) -> tuple[date, date] | None:
    """The day by which the rhythm wants a two-way touch, and the day after which it is too late.

    What an unanswered touch buys is seven days, no more: the limit does not move beyond them.
    """
    own = rhythm(practitioner, settings)
    if own is None or resting(practitioner) or paused(practitioner, today):
        return None
    last = last_two_way(book, practitioner.id, today)
    latest = last_touch(book, practitioner.id, today)
    if latest is None:
        return None
    since = last.day if last is not None else practitioner.created_at.date()
    bought = bought_until(latest)
    return max(since + timedelta(days=own.target), bought), max(since + timedelta(days=own.limit), bought)


def bought_until(last: Touch | None) -> date:
    """The day up to which the last touch, when it was outbound and not answered, lets every clock stand."""
    if last is None or last.two_way or last.direction is Direction.IN:
        return date.min
    return last.day + timedelta(days=UNANSWERED_DAYS)


def next_due(book: Book, practitioner: Practitioner, today: date, settings: RuleSettings | None = None) -> date | None:
    """The day of the next step, else the day that the rhythm wants; None for somebody at rest or without a rhythm."""
    step = next_step(book, practitioner.id)
    return step.day if step is not None else rhythm_due(book, practitioner, today, settings)


def step_lateness(record: FollowUp | Touch, today: date) -> Lateness:
    """How an open follow-up or a planned touch stands; without a limit of its own it is never past one."""
    return standing(step_day(record), record.limit if isinstance(record, FollowUp) else None, today)


def lateness_of(book: Book, practitioner: Practitioner, today: date, settings: RuleSettings | None = None) -> Lateness:
    """How the next due day stands: by the next step, else by the rhythm's target and limit."""
    step = next_step(book, practitioner.id)
    if step is not None:
        return step_lateness(step.record, today)
    window = rhythm_window(book, practitioner, today, settings)
    return Lateness.ON_TIME if window is None else standing(*window, today)


def standing(due: date, limit: date | None, today: date) -> Lateness:
    """How a day stands that has a limit behind it, or none."""
    if limit is not None and today > limit:
        return Lateness.PAST_LIMIT
    return Lateness.PAST_TARGET if today > due else Lateness.ON_TIME
