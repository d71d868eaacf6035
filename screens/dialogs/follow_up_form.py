"""The forms of a follow-up: the promise itself, and putting it off."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from msgspec.structs import replace

from relationships.dates import DateStyle
from relationships.parts import Snooze
from relationships.records import FollowUp
from relationships.vocabulary import TouchKind
from screens.dialogs.form import Field, FieldProblem, FormDialog, day_text


class FollowUpForm(FormDialog[FollowUp]):
    """Set or edit a follow-up."""

    first = "due"

    def __init__(
        self, follow_up: FollowUp, who: str, today: date, style: DateStyle, *, new: bool, problem: str = ""
    ) -> None:
        self._follow_up = follow_up
        self.heading = f"Next step with {who}" if who else "Next step"
        kinds = (("", "any touch"), *((kind.value, kind.words) for kind in TouchKind))
        fields = [
            Field(
                key="due",
                label="When",
                value="" if new and not problem else day_text(follow_up.due),
                kind="day",
                required=True,
                hint="tomorrow, fri, next tue, +2w, in 3 weeks, 14 mar",
            ),
            Field(
                key="what", label="What", value=follow_up.what, hint="What you will do, such as: ask how K-009 is doing"
            ),
            Field(
                key="kind",
                label="By",
                value=follow_up.kind.value if follow_up.kind is not None else "",
                kind="choice",
                choices=kinds,
            ),
            Field(
                key="limit",
                label="At the latest",
                value=day_text(follow_up.limit),
                kind="day",
                hint="After this day it is not only due but too late; may stay empty",
            ),
            Field(key="note", label="Note", value=follow_up.note),
        ]
        super().__init__(fields, today, style, problem=problem)

    def read(self, values: Mapping[str, str]) -> FollowUp:
        """The follow-up as the form says.

        Raises:
            FieldProblem: a day cannot be read, or the limit is before the day.
        """
        due = self.needed_day("due", values)
        limit = self.day("limit", values)
        if limit is not None and limit < due:
            raise FieldProblem("limit", "At the latest cannot be before the day itself.")
        return replace(
            self._follow_up,
            due=due,
            limit=limit,
            what=values["what"].strip(),
            kind=TouchKind(values["kind"]) if values["kind"] else None,
            note=values["note"],
        )


class SnoozeForm(FormDialog[FollowUp]):
    """Put a follow-up off, with a reason (DOMAIN.md section 4, behaviour e).

    `filled` is the follow-up as an earlier form put it off, when that one could not be saved.
    """

    heading = "Later"

    def __init__(
        self,
        follow_up: FollowUp,
        who: str,
        today: date,
        style: DateStyle,
        *,
        user: str,
        filled: FollowUp | None = None,
        problem: str = "",
    ) -> None:
        self._follow_up = follow_up
        self._user = user
        self.heading = f"Put off: {who}"
        until, reason = "", ""
        if filled is not None and len(filled.snoozes) > len(follow_up.snoozes):
            until, reason = day_text(filled.snoozes[-1].until), filled.snoozes[-1].reason
        fields = [
            Field(
                key="until",
                label="Until",
                value=until,
                kind="day",
                required=True,
                hint="tomorrow, +3d, next week, 14 mar",
            ),
            Field(
                key="reason",
                label="Why",
                value=reason,
                required=True,
                hint="So that you know next time, such as: on holiday",
            ),
        ]
        super().__init__(fields, today, style, problem=problem)

    def read(self, values: Mapping[str, str]) -> FollowUp:
        """The follow-up with its new day and one snooze more.

        Raises:
            FieldProblem: the day cannot be read, or is not ahead.
        """
        until = self.needed_day("until", values)
        if until <= self.today:
            raise FieldProblem("until", "Until: give a day that is still ahead.")
        snooze = Snooze(on=self.today, until=until, reason=values["reason"].strip(), by=self._user)
        limit = self._follow_up.limit
        return replace(
            self._follow_up,
            due=until,
            limit=None if limit is not None and limit < until else limit,
            snoozes=(*self._follow_up.snoozes, snooze),
        )
