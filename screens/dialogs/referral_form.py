"""The form of a referral, received or given."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from msgspec.structs import replace

from relationships.dates import DateStyle
from relationships.parts import Move
from relationships.records import Referral
from relationships.vocabulary import Channel, ReferralDirection, ReferralState
from screens.dialogs.form import Field, FormDialog, day_text


class ReferralForm(FormDialog[Referral]):
    """Note or edit a referral. What became of it is a move of its state, not a field."""

    def __init__(
        self, referral: Referral, who: str, today: date, style: DateStyle, *, user: str, problem: str = ""
    ) -> None:
        self._referral = referral
        self._user = user
        self._new = not referral.moves
        self.heading = f"Referral: {who}"
        super().__init__(_fields(referral, who, new=self._new), today, style, problem=problem)

    def read(self, values: Mapping[str, str]) -> Referral:
        """The referral as the form says; a new one begins with its first move.

        Raises:
            FieldProblem: the day cannot be read.
        """
        day = self.needed_day("day", values)
        direction = ReferralDirection(values["direction"]) if self._new else self._referral.direction
        received = direction is ReferralDirection.RECEIVED
        referral = replace(
            self._referral,
            direction=direction,
            client_code=values["client_code"].strip(),
            reason=values["reason"].strip(),
            conditions=self.listed("conditions", values, self._referral.conditions),
            restrictions=values["restrictions"].strip(),
            received_on=day if received else None,
            sent_on=None if received else day,
            via=Channel(values["via"]) if values["via"] else None,
            note=values["note"],
        )
        if not self._new:
            return referral
        state = ReferralState.RECEIVED if received else ReferralState.SENT
        return replace(referral, state=state, moves=(Move(state=state.value, on=day, by=self._user),))


def _fields(referral: Referral, who: str, *, new: bool) -> list[Field]:
    direction = Field(
        key="direction",
        label="Direction",
        value=referral.direction.value,
        kind="choice",
        choices=(
            (ReferralDirection.RECEIVED.value, f"received: {who} sent me a client"),
            (ReferralDirection.GIVEN.value, f"given: I sent a client to {who}"),
        ),
    )
    return [
        *([direction] if new else []),
        Field(
            key="client_code",
            label="Client",
            value=referral.client_code,
            required=True,
            hint="A code or initials, such as K-014: no full name here",
        ),
        Field(key="reason", label="Reason", value=referral.reason, hint="Such as low back pain, or wants to start"),
        Field(key="conditions", label="Conditions", value=", ".join(referral.conditions), hint="With commas between"),
        Field(key="restrictions", label="Limits", value=referral.restrictions, hint="Such as no lifting over 10 kg"),
        Field(
            key="day",
            label="Day",
            value=day_text(referral.received_on or referral.sent_on),
            kind="day",
            prefer="past",
            hint="today, tue, 14 mar",
        ),
        Field(
            key="via",
            label="By",
            value=referral.via.value if referral.via is not None else "",
            kind="choice",
            choices=(("", "not noted"), *((channel.value, channel.words) for channel in Channel)),
        ),
        Field(key="note", label="Note", value=referral.note),
    ]
