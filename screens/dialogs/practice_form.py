"""The form of a practice."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from msgspec.structs import replace

from relationships.dates import DateStyle
from relationships.parts import Gatekeeper
from relationships.records import Practice
from relationships.vocabulary import PracticeKind, ReferralRoute
from screens.dialogs.form import Field, FieldProblem, FormDialog


class PracticeForm(FormDialog[Practice]):
    """Add or edit a practice."""

    heading = "Practice"

    def __init__(self, practice: Practice, today: date, style: DateStyle, *, problem: str = "") -> None:
        self._practice = practice
        super().__init__(_fields(practice), today, style, problem=problem)

    def read(self, values: Mapping[str, str]) -> Practice:
        """The practice as the form says.

        Raises:
            FieldProblem: the distance is no number.
        """
        minutes = values["distance"].strip()
        if minutes and not minutes.isdecimal():
            raise FieldProblem("distance", f"“{minutes}” is no number of minutes.")
        return replace(
            self._practice,
            name=values["name"].strip(),
            kind=PracticeKind(values["kind"]),
            address=values["address"].strip(),
            city=values["city"].strip(),
            phone=values["phone"].strip(),
            email=values["email"].strip(),
            hours=values["hours"].strip(),
            best_times=values["best_times"].strip(),
            gatekeepers=self._practice.gatekeepers
            if values["gatekeepers"] == self.fields["gatekeepers"].value
            else read_gatekeepers(values["gatekeepers"], self._practice.gatekeepers),
            referral_route=ReferralRoute(values["route"]) if values["route"] else None,
            distance_min=int(minutes) if minutes else None,
            notes=values["notes"],
        )


def read_gatekeepers(text: str, before: tuple[Gatekeeper, ...] = ()) -> tuple[Gatekeeper, ...]:
    """Gatekeepers from "Jo, receptionist; Ann, manager"; what else is known of those who were there stays."""
    known = {keeper.name: keeper for keeper in before}
    found = []
    for part in text.split(";"):
        name, _, role = part.partition(",")
        if name.strip():
            keeper = known.get(name.strip()) or Gatekeeper(name=name.strip())
            found.append(replace(keeper, role=role.strip()))
    return tuple(found)


def _fields(practice: Practice) -> list[Field]:
    keepers = "; ".join(f"{k.name}, {k.role}" if k.role else k.name for k in practice.gatekeepers)
    routes = (("", "not known yet"), *((route.value, route.words) for route in ReferralRoute))
    return [
        Field(key="name", label="Name", value=practice.name, required=True),
        Field(
            key="kind",
            label="Kind",
            value=practice.kind.value,
            kind="choice",
            choices=tuple((kind.value, kind.words) for kind in PracticeKind),
        ),
        Field(key="address", label="Address", value=practice.address),
        Field(key="city", label="City", value=practice.city),
        Field(key="phone", label="Phone", value=practice.phone),
        Field(key="email", label="Email", value=practice.email),
        Field(key="hours", label="Hours", value=practice.hours),
        Field(
            key="best_times", label="Good times to come", value=practice.best_times, hint="Such as Tue and Thu after 4"
        ),
        Field(key="gatekeepers", label="At the desk", value=keepers, hint="Such as Jo, receptionist; Ann, manager"),
        Field(
            key="route",
            label="They refer by",
            value=practice.referral_route.value if practice.referral_route is not None else "",
            kind="choice",
            choices=routes,
            hint="The one step by which they send somebody",
        ),
        Field(
            key="distance",
            label="Minutes away",
            value="" if practice.distance_min is None else str(practice.distance_min),
        ),
        Field(key="notes", label="Notes", value=practice.notes, kind="long"),
    ]
