"""The form of a cross-referral offer or an invitation."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Final

from msgspec.structs import replace

from relationships.dates import DateStyle
from relationships.parts import Move
from relationships.records import Offer
from relationships.vocabulary import Channel, OfferKind, OfferState
from screens.dialogs.form import Field, FormDialog, day_text

TERMS: Final = "No fee and no quota either way; the client chooses."
"""What every offer says (DOMAIN.md section 8, item 12)."""


class OfferForm(FormDialog[Offer]):
    """Make or edit an offer. What became of it is a move of its state, not a field."""

    first = "what"

    def __init__(self, offer: Offer, who: str, today: date, style: DateStyle, *, user: str, problem: str = "") -> None:
        self._offer = offer
        self._user = user
        self._new = not offer.moves
        self.heading = f"Offer to {who}"
        super().__init__(_fields(offer, new=self._new), today, style, problem=problem)

    def remark(self, key: str, value: str) -> str:
        """What the kinds mean."""
        if key != "kind":
            return ""
        if value == OfferKind.INVITATION:
            return "An invitation to train with you once; never tied to referrals"
        return "You send clients to each other where it suits the client"

    def read(self, values: Mapping[str, str]) -> Offer:
        """The offer as the form says; a new one begins with its first move.

        Raises:
            FieldProblem: the day cannot be read.
        """
        day = self.needed_day("day", values)
        offer = replace(
            self._offer,
            what=values["what"].strip(),
            terms=values["terms"].strip(),
            made_on=day,
            via=Channel(values["via"]) if values["via"] else None,
            note=values["note"],
        )
        if not self._new:
            return offer
        kind = OfferKind(values["kind"])
        state = OfferState.INVITED if kind is OfferKind.INVITATION else OfferState.MADE
        return replace(offer, kind=kind, state=state, moves=(Move(state=state.value, on=day, by=self._user),))


def _fields(offer: Offer, *, new: bool) -> list[Field]:
    kind = Field(
        key="kind",
        label="Kind",
        value=offer.kind.value,
        kind="choice",
        choices=(
            (OfferKind.CROSS_REFERRAL.value, "cross-referral"),
            (OfferKind.INVITATION.value, "invitation to train"),
        ),
    )
    return [
        *([kind] if new else []),
        Field(
            key="what", label="What", value=offer.what, required=True, hint="Such as: runners to you, post-rehab to me"
        ),
        Field(
            key="terms",
            label="Terms",
            value=offer.terms or (TERMS if new else ""),
            hint="What you tell them about terms",
        ),
        Field(
            key="day",
            label="Made on",
            value=day_text(offer.made_on),
            kind="day",
            prefer="past",
            hint="today, tue, 14 mar",
        ),
        Field(
            key="via",
            label="By",
            value=offer.via.value if offer.via is not None else "",
            kind="choice",
            choices=(("", "not noted"), *((channel.value, channel.words) for channel in Channel)),
        ),
        Field(key="note", label="Note", value=offer.note),
    ]
