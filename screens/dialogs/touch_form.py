"""The form of a touch: all that the log line does not ask for."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation

from msgspec.structs import replace

from relationships.dates import DateStyle
from relationships.parts import Promise
from relationships.records import Touch
from relationships.vocabulary import Channel, Direction, PromisedBy, TouchKind
from screens.dialogs.form import Field, FieldProblem, FormDialog, day_text


class TouchForm(FormDialog[Touch]):
    """Edit a touch, or fill in the rest of one that is being logged."""

    heading = "Touch"
    first = "note"

    def __init__(self, touch: Touch, who: str, today: date, style: DateStyle, *, problem: str = "") -> None:
        self._touch = touch
        self.heading = f"Touch with {who}" if who else "Touch"
        super().__init__(_fields(touch), today, style, problem=problem)

    def read(self, values: Mapping[str, str]) -> Touch:
        """The touch as the form says; a day ahead plans it.

        Raises:
            FieldProblem: day, minutes or cost cannot be read.
        """
        day = self.needed_day("day", values)
        ahead = day > self.today
        return replace(
            self._touch,
            kind=TouchKind(values["kind"]),
            channel=Channel(values["channel"]),
            direction=Direction(values["direction"]),
            two_way=values["two_way"] == "yes" and not ahead,
            planned_for=day if ahead else self._touch.planned_for,
            done_on=None if ahead else day,
            people_met=self.listed("people_met", values, self._touch.people_met),
            note=values["note"],
            learned=values["learned"].strip(),
            promised=(
                *self._promises("we_owe", values, PromisedBy.US),
                *self._promises("they_owe", values, PromisedBy.THEM),
            ),
            outcome=values["outcome"].strip(),
            minutes=_minutes(values["minutes"]),
            cost=_cost(values["cost"]),
        )

    def _promises(self, key: str, values: Mapping[str, str], by: PromisedBy) -> list[Promise]:
        """Promises with ; between; those that stand already keep the day on which they were kept."""
        known = {promise.text: promise for promise in self._touch.promised if promise.by is by}
        said = self.listed(key, values, tuple(known), ";")
        return [known.get(text, Promise(by=by, text=text)) for text in said]


def _minutes(text: str) -> int | None:
    text = text.strip().removesuffix("min").strip()
    if text and not (text.isdecimal() and text.isascii() and len(text) < 5):
        raise FieldProblem("minutes", f"“{text}” is no number of minutes.")
    return int(text) if text else None


def _cost(text: str) -> Decimal | None:
    text = text.strip().replace(",", ".")
    if not text:
        return None
    try:
        cost = Decimal(text)
    except InvalidOperation:
        cost = Decimal(-1)
    if not cost.is_finite() or cost < 0 or cost >= 10**9:
        raise FieldProblem("cost", f"“{text}” is no sum of money.")
    return cost


def _fields(touch: Touch) -> list[Field]:
    owed = {by: "; ".join(p.text for p in touch.promised if p.by is by) for by in PromisedBy}
    yes_no = (("yes", "yes"), ("no", "no: not answered"))
    return [
        Field(
            key="kind",
            label="Kind",
            value=touch.kind.value,
            kind="choice",
            choices=tuple((kind.value, kind.words) for kind in TouchKind),
            hint="Type its first letters, or step with the arrows",
        ),
        Field(
            key="day",
            label="Day",
            value=day_text(touch.done_on or touch.planned_for),
            kind="day",
            prefer="past",
            hint="today, yesterday, tue, 14 mar; a day ahead plans it",
        ),
        Field(key="note", label="Note", value=touch.note, kind="long", hint="What was said and done"),
        Field(key="people_met", label="People met", value=", ".join(touch.people_met), hint="With commas between"),
        Field(key="learned", label="Learned", value=touch.learned, hint="One thing about them or their practice"),
        Field(key="we_owe", label="I owe", value=owed[PromisedBy.US], hint="What you promised; several with ; between"),
        Field(key="they_owe", label="They owe", value=owed[PromisedBy.THEM], hint="What they promised"),
        Field(key="outcome", label="Outcome", value=touch.outcome, hint="What came of it, in a few words"),
        Field(
            key="two_way",
            label="They took part",
            value="yes" if touch.two_way else "no",
            kind="choice",
            choices=yes_no,
            hint="Only a two-way touch starts the rhythm anew",
        ),
        Field(
            key="direction",
            label="Who began it",
            value=touch.direction.value,
            kind="choice",
            choices=((Direction.OUT.value, "we did"), (Direction.IN.value, "they did")),
        ),
        Field(
            key="channel",
            label="Channel",
            value=touch.channel.value,
            kind="choice",
            choices=tuple((channel.value, channel.words) for channel in Channel),
        ),
        Field(
            key="minutes",
            label="Minutes",
            value="" if touch.minutes is None else str(touch.minutes),
            hint="How long it took, such as 20",
        ),
        Field(
            key="cost",
            label="Cost",
            value="" if touch.cost is None else str(touch.cost),
            hint="What it cost you, such as 12.50",
        ),
    ]
