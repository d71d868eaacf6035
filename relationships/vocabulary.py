"""The enumerations of DOMAIN.md section 3 and the words that a trainer reads for them.

The values are what stands in the book file. Values are only ever added.
"""

from __future__ import annotations

from enum import StrEnum


class Term(StrEnum):
    """A value of an enumeration, as the book file spells it."""

    @property
    def words(self) -> str:
        """The value as a trainer reads it: `phone_call` is "phone call"."""
        return self.value.replace("_", " ")


class Discipline(Term):
    """What a practitioner practises."""

    GENERAL_PRACTITIONER = "general_practitioner"
    SPECIALIST_PHYSICIAN = "specialist_physician"
    NURSE_PRACTITIONER = "nurse_practitioner"
    PHYSIOTHERAPIST = "physiotherapist"
    OSTEOPATH = "osteopath"
    CHIROPRACTOR = "chiropractor"
    DIETITIAN = "dietitian"
    MASSAGE_THERAPIST = "massage_therapist"
    NATUROPATH = "naturopath"
    PSYCHOLOGIST = "psychologist"
    PODIATRIST = "podiatrist"
    OCCUPATIONAL_THERAPIST = "occupational_therapist"
    EXERCISE_PHYSIOLOGIST = "exercise_physiologist"
    PHARMACIST = "pharmacist"
    OTHER = "other"

    @property
    def short(self) -> str:
        """A word for narrow columns: "GP", "physio"."""
        return _SHORT_DISCIPLINES.get(self.value, self.words)


_SHORT_DISCIPLINES = {
    "general_practitioner": "GP",
    "specialist_physician": "specialist",
    "nurse_practitioner": "nurse",
    "physiotherapist": "physio",
    "osteopath": "osteo",
    "chiropractor": "chiro",
    "massage_therapist": "massage",
    "psychologist": "psych.",
    "occupational_therapist": "OT",
    "exercise_physiologist": "ex. phys.",
}


class TouchKind(Term):
    """What sort of contact a touch was."""

    LETTER = "letter"
    EMAIL = "email"
    PHONE_CALL = "phone_call"
    TEXT_MESSAGE = "text_message"
    VISIT = "visit"
    CARD_DROP = "card_drop"
    LUNCH_AND_LEARN = "lunch_and_learn"
    STUDIO_TOUR = "studio_tour"
    WORKOUT_SESSION = "workout_session"
    OWN_TREATMENT = "own_treatment"
    JOINT_APPOINTMENT = "joint_appointment"
    CASE_DISCUSSION = "case_discussion"
    PLACEMENT_SHIFT = "placement_shift"
    EVENT = "event"
    THANK_YOU_NOTE = "thank_you_note"
    STUDY_SHARED = "study_shared"
    REPORT_SENT = "report_sent"
    VIDEO_CALL = "video_call"
    OTHER = "other"

    @property
    def short(self) -> str:
        """A word for narrow columns: "call", "lunch"."""
        return _SHORT_KINDS.get(self.value, self.words)


_SHORT_KINDS = {
    "phone_call": "call",
    "text_message": "text",
    "card_drop": "card",
    "lunch_and_learn": "lunch",
    "studio_tour": "tour",
    "workout_session": "workout",
    "own_treatment": "treatment",
    "joint_appointment": "joint visit",
    "case_discussion": "case talk",
    "placement_shift": "placement",
    "thank_you_note": "thank-you",
    "study_shared": "study",
    "report_sent": "report",
    "video_call": "video",
}


class Channel(Term):
    """How a touch reached the other side."""

    IN_PERSON = "in_person"
    PHONE = "phone"
    VIDEO = "video"
    POST = "post"
    EMAIL = "email"
    TEXT = "text"
    FAX = "fax"
    PORTAL = "portal"
    VIA_CLIENT = "via_client"


class Purpose(Term):
    """What a touch was for."""

    INTRODUCE = "introduce"
    ASK_ABOUT_PRACTICE = "ask_about_practice"
    ASK_INPUT = "ask_input"
    REPORT = "report"
    THANK = "thank"
    ASK_REFERRAL = "ask_referral"
    OFFER = "offer"
    INVITE = "invite"
    RESOLVE_CONCERN = "resolve_concern"
    REACTIVATE = "reactivate"


class Direction(Term):
    """Which side began a touch."""

    OUT = "out"
    IN = "in"


class Tier(Term):
    """Importance for planning: A refers now, B likely soon, C possible later."""

    A = "A"
    B = "B"
    C = "C"
    PARKED = "parked"


class Stage(Term):
    """How far a relationship has come. Derived; `parked` and `declined` are set by hand."""

    PROSPECT = "prospect"
    INTRODUCED = "introduced"
    MET = "met"
    COLLABORATING = "collaborating"
    REFERRING = "referring"
    PARKED = "parked"
    DECLINED = "declined"


class Activity(Term):
    """Whether referrals are flowing now. Derived."""

    NEVER = "never"
    ACTIVE = "active"
    SLOWING = "slowing"
    LAPSED = "lapsed"
    REACTIVATED = "reactivated"


class PracticeKind(Term):
    """What sort of place a practice is."""

    CLINIC = "clinic"
    GROUP_PRACTICE = "group_practice"
    SOLO_PRACTICE = "solo_practice"
    HOSPITAL = "hospital"
    REHAB_CENTRE = "rehab_centre"
    PHARMACY = "pharmacy"
    GYM = "gym"
    OTHER = "other"


class ReferralRoute(Term):
    """The one-step way in which a practice sends somebody."""

    PHONE = "phone"
    FORM = "form"
    EMAIL = "email"
    CARD = "card"


class PromisedBy(Term):
    """Who owes a promise."""

    US = "us"
    THEM = "them"


class ReferralDirection(Term):
    """Received: practitioner to trainer. Given: trainer to practitioner."""

    RECEIVED = "received"
    GIVEN = "given"


class ReferralState(Term):
    """Where a referral stands; `states.REFERRAL_MOVES` has the legal moves of each direction."""

    RECEIVED = "received"
    ACKNOWLEDGED = "acknowledged"
    CONTACTED = "contacted"
    BOOKED = "booked"
    NO_SHOW = "no_show"
    STARTED = "started"
    PAUSED = "paused"
    COMPLETED = "completed"
    ENDED_EARLY = "ended_early"
    CLOSED = "closed"
    DRAFT = "draft"
    SENT = "sent"
    ACCEPTED = "accepted"
    SEEN = "seen"
    REPORTED_BACK = "reported_back"
    RETURNED = "returned"
    DECLINED = "declined"
    NO_REPLY = "no_reply"
    DID_NOT_ATTEND = "did_not_attend"


class ReasonClosed(Term):
    """Why a referral was closed before it started."""

    STARTED_ELSEWHERE = "started_elsewhere"
    COST = "cost"
    DISTANCE = "distance"
    SCHEDULE = "schedule"
    UNREACHABLE = "unreachable"
    NOT_SUITABLE = "not_suitable"
    MEDICAL_HOLD = "medical_hold"
    CHANGED_MIND = "changed_mind"
    DUPLICATE = "duplicate"
    ERROR = "error"


class OfferKind(Term):
    """A cross-referral proposal, or an invitation to train once."""

    CROSS_REFERRAL = "cross_referral"
    INVITATION = "invitation"


class OfferState(Term):
    """Where an offer or invitation stands; `states.OFFER_MOVES` has the legal moves of each kind."""

    DRAFT = "draft"
    MADE = "made"
    ACCEPTED = "accepted"
    ACTIVE = "active"
    ENDED = "ended"
    DECLINED = "declined"
    NO_REPLY = "no_reply"
    INVITED = "invited"
    DONE = "done"
    POSTPONED = "postponed"
    CANCELLED = "cancelled"


class FollowUpState(Term):
    """An open promise, one that was kept, or one that was let go."""

    OPEN = "open"
    DONE = "done"
    DROPPED = "dropped"
