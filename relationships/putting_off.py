"""Putting off what a rule asks for: a follow-up holds the reason and the count (DOMAIN.md section 4, behaviour e)."""

from __future__ import annotations

from relationships.case import Raised
from relationships.changes import Author
from relationships.records import FollowUp, Touch


def follow_up_for(raised: Raised, author: Author) -> FollowUp:
    """A new follow-up for what a rule asks, as yet not put off; while it is open the rule keeps silent.

    Its `rule` names the rule and the fact, so that it stands on Today only while that rule would still ask.
    """
    return author.new(
        FollowUp,
        practitioner=raised.practitioner,
        due=raised.window.due,
        limit=raised.window.limit,
        what=raised.what,
        kind=raised.kind,
        why=raised.why,
        rule=raised.key,
        from_touch=raised.fact.id if isinstance(raised.fact, Touch) else None,
        owner=author.user,
    )
