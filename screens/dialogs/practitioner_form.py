"""The form of a practitioner."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import msgspec
from msgspec.structs import replace

from relationships.book import Book
from relationships.dates import DateStyle
from relationships.names import fold
from relationships.records import Practice, Practitioner
from relationships.vocabulary import Channel, Discipline, Tier
from screens.dialogs.form import Field, FieldProblem, FormDialog

_TIERS = (
    ("", "not set"),
    (Tier.A.value, "A: refers now"),
    (Tier.B.value, "B: likely soon"),
    (Tier.C.value, "C: possible later"),
    (Tier.PARKED.value, "parked"),
)
_SEPARATOR = ";"


class PractitionerEntry(msgspec.Struct, frozen=True):
    """What the form says: the person, and the names of practices that are not in the book yet."""

    practitioner: Practitioner
    new_practices: tuple[str, ...] = ()


class PractitionerForm(FormDialog[PractitionerEntry]):
    """Add or edit a practitioner; a practice that is not known yet is added with them."""

    heading = "Practitioner"

    def __init__(
        self, entry: PractitionerEntry, book: Book, today: date, style: DateStyle, *, problem: str = ""
    ) -> None:
        self._person = entry.practitioner
        own = [book.practices[p] for p in entry.practitioner.practices if p in book.practices]
        self._practices = {fold(practice.name): practice for practice in (*book.all_practices(), *own)}
        super().__init__(_fields(entry, book), today, style, problem=problem)

    def remark(self, key: str, value: str) -> str:
        """Which practices are known and which are new."""
        if key != "practices" or not value.strip():
            return ""
        known, new = self._read_practices(value)
        parts = [f"{practice.name} is in the book" for practice in known]
        parts += [f"{name} will be added{self._nearest(name)}" for name in new]
        return " · ".join(parts)

    def _nearest(self, name: str) -> str:
        """Those whose names begin so: what may be meant."""
        typed = fold(name)
        near = [practice.name for known, practice in self._practices.items() if typed and known.startswith(typed)]
        return f" (in the book: {', '.join(near[:2])})" if near else ""

    def _read_practices(self, text: str) -> tuple[list[Practice], list[str]]:
        parts = text.split(_SEPARATOR)
        known: list[Practice] = []
        new: list[str] = []
        while parts:
            size = self._longest_known(parts)
            if size:
                known.append(self._practices[fold(_SEPARATOR.join(parts[:size]))])
            elif parts[0].strip():
                new.append(parts[0].strip())
            parts = parts[max(size, 1) :]
        return known, new

    def _longest_known(self, parts: Sequence[str]) -> int:
        """How many of the first parts are one name that is known: a name may hold a separator."""
        sizes = range(len(parts), 0, -1)
        return next((size for size in sizes if fold(_SEPARATOR.join(parts[:size])) in self._practices), 0)

    def read(self, values: Mapping[str, str]) -> PractitionerEntry:
        """The person as the form says.

        Raises:
            FieldProblem: there is no name.
        """
        if not values["name"].strip():
            raise FieldProblem("name", "Name is needed.")
        known, new = self._read_practices(values["practices"])
        person = replace(
            self._person,
            name=values["name"].strip(),
            post_nominals=values["post_nominals"].strip(),
            discipline=Discipline(values["discipline"]),
            practices=tuple(practice.id for practice in known),
            phone=values["phone"].strip(),
            email=values["email"].strip(),
            channel_preferred=Channel(values["channel"]) if values["channel"] else None,
            tier=Tier(values["tier"]) if values["tier"] else None,
            specialties=self.listed("specialties", values, self._person.specialties),
            tags=self.listed("tags", values, self._person.tags),
            source=values["source"].strip(),
            do_not_contact=values["do_not_contact"] == "yes",
            notes=values["notes"],
        )
        return PractitionerEntry(person, tuple(new))


def _fields(entry: PractitionerEntry, book: Book) -> list[Field]:
    person = entry.practitioner
    names = [book.practices[p].name for p in person.practices if p in book.practices] + list(entry.new_practices)
    channels = (("", "no preference"), *((channel.value, channel.words) for channel in Channel))
    return [
        Field(key="name", label="Name", value=person.name, required=True, hint="As it should stand on a letter"),
        Field(
            key="discipline",
            label="Discipline",
            value=person.discipline.value,
            kind="choice",
            choices=tuple((discipline.value, discipline.words) for discipline in Discipline),
            hint="Type its first letters, or step with the arrows",
        ),
        Field(
            key="practices",
            label="Practice",
            value=f"{_SEPARATOR} ".join(names),
            hint="Its name; several with ; between. A new one is added",
        ),
        Field(key="phone", label="Phone", value=person.phone),
        Field(key="email", label="Email", value=person.email),
        Field(
            key="tier",
            label="Tier",
            value=person.tier.value if person.tier is not None else "",
            kind="choice",
            choices=_TIERS,
            hint="How much it matters; it sets the rhythm of contact",
        ),
        Field(
            key="post_nominals", label="Letters after name", value=person.post_nominals, hint="Such as MSc or PT [DPT]"
        ),
        Field(key="specialties", label="Specialties", value=", ".join(person.specialties), hint="With commas between"),
        Field(
            key="channel",
            label="Prefers",
            value=person.channel_preferred.value if person.channel_preferred is not None else "",
            kind="choice",
            choices=channels,
            hint="How they like to be reached",
        ),
        Field(
            key="do_not_contact",
            label="Do not contact",
            value="yes" if person.do_not_contact else "no",
            kind="choice",
            choices=(("no", "no"), ("yes", "yes: no reminders")),
        ),
        Field(key="tags", label="Tags", value=", ".join(person.tags), hint="With commas between"),
        Field(key="source", label="Known from", value=person.source, hint="A client, an event, a colleague"),
        Field(key="notes", label="Notes", value=person.notes, kind="long"),
    ]
