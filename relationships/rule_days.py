"""The days of the rules: the defaults of DOMAIN.md section 4, and what a studio sets in their place.

A setting for one person counts before one for a discipline, that before one for a tier, and that before one for all.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Final

import msgspec

from relationships.cadence import Rhythm
from relationships.records import Practitioner


class RuleDays(msgspec.Struct, frozen=True):
    """Days after the event: due from `target` on and amber once past it, too late and red after `limit`."""

    target: int
    limit: int | None = None


DEFAULT_DAYS: Final[Mapping[str, RuleDays]] = MappingProxyType(
    {
        "introduced_call": RuleDays(5, 7),
        "letters_only": RuleDays(14),
        "first_meeting_thanks": RuleDays(2),
        "second_contact": RuleDays(30, 90),
        "opening_sequence": RuleDays(56),
        "flow_quiet": RuleDays(21, 28),
        "visit_thanks": RuleDays(2),
        "workout_thanks": RuleDays(2),
        "treatment_thanks": RuleDays(2),
        "treatment_next": RuleDays(14),
        "slowing": RuleDays(0),
        "lapsed": RuleDays(90),
        "route_missing": RuleDays(7),
        "question_unanswered": RuleDays(10, 20),
        "ask_again": RuleDays(60),
        "practice_facts": RuleDays(0),
        "promise_owed": RuleDays(7),
        "offer_no_reply": RuleDays(14, 21),
        "invitation_no_reply": RuleDays(7),
        "joint_day_before": RuleDays(1),
        "referral_thanks": RuleDays(1, 2),
        "referral_client_call": RuleDays(1, 2),
        "first_session_told": RuleDays(1, 2),
        "progress_report": RuleDays(30),
        "discharge_summary": RuleDays(7),
        "given_call": RuleDays(1),
        "given_ask_client": RuleDays(7),
        "given_no_word": RuleDays(21),
        "given_reassessment": RuleDays(42),
    }
)
"""Every rule by its id. `promise_owed` and the limit of `referral_client_call` are our judgement; the tier cadence has
its days in `cadence.TIER_RHYTHMS`, `opening_sequence` its whole length here."""


def name_key(name: str) -> str:
    """A name without regard to case and spaces: how settings find somebody."""
    return " ".join(name.split()).casefold()


class DaySettings(msgspec.Struct, frozen=True, kw_only=True):
    """What is set for some people: a rhythm, and the days of rules by id; None switches a rule off."""

    rhythm: Rhythm | None = None
    days: Mapping[str, RuleDays | None] = MappingProxyType({})


class RuleSettings(msgspec.Struct, frozen=True, kw_only=True):
    """What a studio sets for its rules; without anything set the defaults hold."""

    days: Mapping[str, RuleDays | None] = MappingProxyType({})
    """For everybody, by the id of the rule; None switches it off."""
    tiers: Mapping[str, DaySettings] = MappingProxyType({})
    disciplines: Mapping[str, DaySettings] = MappingProxyType({})
    people: Mapping[str, DaySettings] = MappingProxyType({})
    """By `name_key`."""
    paused_until: date | None = None
    """The whole studio is away: rules ask for no contact before this day."""
    pause_reason: str = ""

    def paused(self, today: date) -> bool:
        """The whole studio is away."""
        return self.paused_until is not None and today < self.paused_until

    def days_of(self, rule: str, person: Practitioner | None = None) -> RuleDays | None:
        """The days of a rule for somebody; None when it is switched off for them."""
        if person is not None and (self.people or self.disciplines or self.tiers):
            for layer in self._layers(person):
                if rule in layer.days:
                    return layer.days[rule]
        return self.days[rule] if rule in self.days else DEFAULT_DAYS[rule]

    def rhythm_of(self, person: Practitioner) -> Rhythm | None:
        """The rhythm that the settings have for somebody, if any; what their record says comes before."""
        if not (self.people or self.disciplines or self.tiers):
            return None
        return next((layer.rhythm for layer in self._layers(person) if layer.rhythm is not None), None)

    def sets_rhythm(self, person: Practitioner) -> bool:
        """A rhythm is set for them or their discipline, not only for their tier."""
        chosen = self.rhythm_of(person)
        tier = self.tiers.get(person.tier.value) if person.tier is not None else None
        return chosen is not None and (tier is None or tier.rhythm is not chosen)

    def _layers(self, person: Practitioner) -> list[DaySettings]:
        """What is set for this person, the nearest first."""
        found = []
        if self.people and (own := self.people.get(name_key(person.name))) is not None:
            found.append(own)
        if self.disciplines and (theirs := self.disciplines.get(person.discipline.value)) is not None:
            found.append(theirs)
        if self.tiers and person.tier is not None and (tier := self.tiers.get(person.tier.value)) is not None:
            found.append(tier)
        return found


DEFAULTS: Final = RuleSettings()
"""Nothing set."""
