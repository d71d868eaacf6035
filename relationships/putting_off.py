"""Putting off what a rule asks for: a follow-up holds the reason and the count (DOMAIN.md section 4, behaviour e)."""

from __future__ import annotations

from relationships.cards import Card
from relationships.changes import Author
from relationships.records import FollowUp, Touch


def follow_up_for(card: Card, author: Author) -> FollowUp:
    """A new follow-up for the card of a rule, as yet not put off; while it is open the rule keeps silent.

    Its `rule` names the rule and the fact, so that it stands on Today only while that rule would still ask.
    """
    return author.new(
        FollowUp,
        practitioner=card.practitioner_id,
        due=card.due or author.clock.today(),
        limit=card.limit,
        what=card.what,
        kind=card.kind,
        why=card.because,
        rule=card.raised_by,
        from_touch=card.record.id if isinstance(card.record, Touch) else None,
        owner=author.user,
    )
