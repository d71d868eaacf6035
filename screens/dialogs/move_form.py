"""The form that moves an offer or a referral on to its next state; only legal moves are offered."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from relationships.dates import DateStyle
from relationships.records import Offer, Referral
from relationships.states import move_offer, move_referral, next_offer_states, next_referral_states
from relationships.vocabulary import OfferState, ReasonClosed, ReferralState
from screens.dialogs.form import Field, FieldProblem, FormDialog, day_text


class MoveForm(FormDialog[Offer | Referral]):
    """What became of an offer or a referral, when, and why.

    `filled` is the record as an earlier form moved it on, when that move could not be saved.
    """

    def __init__(
        self,
        record: Offer | Referral,
        who: str,
        today: date,
        style: DateStyle,
        *,
        user: str,
        filled: Offer | Referral | None = None,
        problem: str = "",
    ) -> None:
        self._record = record
        self._user = user
        typed = filled.moves[-1] if filled is not None and filled.moves else None
        self.heading = f"{record.noun.capitalize()}, {who}: {record.state.words}"
        states = next_offer_states(record) if isinstance(record, Offer) else next_referral_states(record)
        fields = [
            Field(
                key="state",
                label="Is now",
                value=typed.state if typed is not None else states[0].value,
                kind="choice",
                choices=tuple((state.value, state.words) for state in states),
                hint="Step with the arrows",
            ),
            Field(
                key="day",
                label="Since",
                value="today" if typed is None else day_text(typed.on),
                kind="day",
                prefer="past",
                hint="today, tue, 14 mar",
            ),
        ]
        if ReferralState.CLOSED in states:
            reasons = (("", "none"), *((reason.value, reason.words) for reason in ReasonClosed))
            closed = filled.reason_closed if isinstance(filled, Referral) else None
            fields.append(
                Field(
                    key="reason",
                    label="Reason if closed",
                    value=closed.value if closed is not None else "",
                    kind="choice",
                    choices=reasons,
                    hint="Needed to close it",
                )
            )
        why = typed.why if typed is not None else ""
        fields.append(Field(key="why", label="Note", value=why, hint="What was said; may stay empty"))
        super().__init__(fields, today, style, problem=problem)

    def read(self, values: Mapping[str, str]) -> Offer | Referral:
        """The record in its next state.

        Raises:
            FieldProblem: the day cannot be read or is ahead, or a reason is missing.
        """
        day = self.needed_day("day", values)
        if day > self.today:
            raise FieldProblem("day", "Since: give a day that has come.")
        why = values["why"].strip()
        if isinstance(self._record, Offer):
            return move_offer(self._record, OfferState(values["state"]), day, by=self._user, why=why)
        state = ReferralState(values["state"])
        closed = ReasonClosed(values["reason"]) if values.get("reason") and state is ReferralState.CLOSED else None
        if state is ReferralState.CLOSED and closed is None:
            raise FieldProblem("reason", "Closing it needs a reason.")
        return move_referral(self._record, state, day, by=self._user, why=why, reason_closed=closed)
