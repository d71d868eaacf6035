"""What the settings say about the rules: days, rhythms and pauses, and what is left out with a warning."""

from __future__ import annotations

import tomllib
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relationships.cadence import TIER_RHYTHMS, Rhythm, rhythm, rhythm_source
from relationships.parts import CadenceOverride
from relationships.records import Practitioner
from relationships.rule_days import DEFAULT_DAYS, DEFAULTS, RuleDays
from relationships.vocabulary import Discipline, Tier
from trainer_tui.config import SAMPLE, Config, config_of

PATH = Path("/etc/trainer/config.toml")
MORNING = datetime(2026, 11, 2, 9, tzinfo=UTC)
EVERYTHING = """
[rhythm]
A = [20, 30]
[rhythm.discipline]
physiotherapist = [40, 50]
[rhythm.person]
"Priya  PATEL" = [10, 12]
[rules]
visit_thanks = 3
introduced_call = [6, 9]
lapsed = false
[rules.tier.A]
visit_thanks = 1
[rules.discipline.physiotherapist]
visit_thanks = [4, 6]
[rules.person."Priya Patel"]
visit_thanks = false
lapsed = 120
[pause]
until = 2026-12-28
reason = " holiday "
"""


def read(text: str) -> Config:
    return config_of(PATH, tomllib.loads(text))


def person(**fields: Any) -> Practitioner:
    stamp = {"created_at": MORNING, "created_by": "sam", "updated_at": MORNING, "updated_by": "sam"}
    return Practitioner(id="p1", **{"name": "Ann Lee", **stamp, **fields})


PRIYA = {"name": "Priya Patel", "discipline": Discipline.PHYSIOTHERAPIST, "tier": Tier.A}


@pytest.mark.parametrize(
    ("fields", "days", "source"),
    [
        ({}, None, "set for them"),
        ({"tier": Tier.A}, Rhythm(20, 30), "of tier A"),
        ({"tier": Tier.B}, Rhythm(60, 90), "of tier B"),
        ({"tier": Tier.A, "discipline": Discipline.PHYSIOTHERAPIST}, Rhythm(40, 50), "set for them"),
        ({"discipline": Discipline.PHYSIOTHERAPIST}, Rhythm(40, 50), "set for them"),
        (PRIYA, Rhythm(10, 12), "set for them"),
        ({**PRIYA, "cadence_override": CadenceOverride(target=5, limit=7)}, Rhythm(5, 7), "set for them"),
    ],
)
def test_the_nearest_rhythm_counts(fields: dict[str, Any], days: Rhythm | None, source: str) -> None:
    settings = read(EVERYTHING).rule_settings
    assert rhythm(person(**fields), settings) == days
    assert rhythm_source(person(**fields), settings) == source


@pytest.mark.parametrize(
    ("rule", "fields", "days"),
    [
        ("visit_thanks", {}, RuleDays(3)),
        ("visit_thanks", {"tier": Tier.A}, RuleDays(1)),
        ("visit_thanks", {"tier": Tier.B}, RuleDays(3)),
        ("visit_thanks", {"tier": Tier.A, "discipline": Discipline.PHYSIOTHERAPIST}, RuleDays(4, 6)),
        ("visit_thanks", PRIYA, None),
        ("introduced_call", PRIYA, RuleDays(6, 9)),
        ("lapsed", PRIYA, RuleDays(120)),
        ("lapsed", {}, None),
        ("route_missing", PRIYA, RuleDays(7)),
    ],
)
def test_the_nearest_days_of_a_rule_count(rule: str, fields: dict[str, Any], days: RuleDays | None) -> None:
    assert read(EVERYTHING).rule_settings.days_of(rule, person(**fields)) == days


def test_everything_that_can_be_set_is_read_without_a_warning() -> None:
    config = read(EVERYTHING)
    assert config.warnings == ()
    settings = config.rule_settings
    assert (settings.paused_until, settings.pause_reason) == (date(2026, 12, 28), "holiday")
    assert settings.paused(date(2026, 12, 27))
    assert not settings.paused(date(2026, 12, 28))
    assert settings.days_of("visit_thanks") == RuleDays(3)


def test_without_settings_the_defaults_of_the_page_hold() -> None:
    config = read("[rhythm]\n[rules]\n[rules.tier.A]\n[pause]\n")
    assert config == Config(path=PATH)
    assert config.rule_settings is DEFAULTS
    assert all(DEFAULTS.days_of(rule) == days for rule, days in DEFAULT_DAYS.items())
    assert not DEFAULTS.paused(date(2026, 11, 23))


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("rhythm = 30", "rhythm"),
        ("rules = false", "rules"),
        ("pause = 2026-12-28", "pause"),
        ("[rhythm]\nparked = [1, 2]", "rhythm.parked"),
        ("[rhythm]\nA = 30", "rhythm.A"),
        ("[rhythm]\nA = [45, 30]", "rhythm.A"),
        ("[rhythm]\nA = [0, 30]", "rhythm.A"),
        ("[rhythm]\nA = [30, 9999]", "rhythm.A"),
        ("[rhythm]\nA = [30.0, 45]", "rhythm.A"),
        ("[rhythm]\ndiscipline = 3", "rhythm.discipline"),
        ("[rhythm.discipline]\nphysio = [30, 45]", "rhythm.discipline.physio"),
        ('[rhythm.person]\n"Priya Patel" = "often"', "rhythm.person.Priya Patel"),
        ("[rules]\nvisit_thank = 2", "rules.visit_thank"),
        ("[rules]\nvisit_thanks = true", "rules.visit_thanks"),
        ("[rules]\nvisit_thanks = -1", "rules.visit_thanks"),
        ("[rules]\nvisit_thanks = []", "rules.visit_thanks"),
        ("[rules]\nvisit_thanks = [1, 2, 3]", "rules.visit_thanks"),
        ("[rules]\nvisit_thanks = [3, 2]", "rules.visit_thanks"),
        ("[rules]\nvisit_thanks = '2'", "rules.visit_thanks"),
        ("[rules]\ntier = 3", "rules.tier"),
        ("[rules.tier]\nA = 3", "rules.tier.A"),
        ("[rules.tier.D]\nvisit_thanks = 3", "rules.tier.D"),
        ("[rules.discipline.osteopath]\nvisit = 3", "rules.discipline.osteopath.visit"),
        ("[pause]\nuntil = '2026-12-28'", "pause.until"),
        ("[pause]\nuntil = 2026-12-28T09:00:00", "pause.until"),
        ("[pause]\nreason = 3", "pause.reason"),
        ('[pause]\nreason = "a\\u001b[31m"', "pause.reason"),
        ("[pause]\nfrom = 2026-12-28", "pause.from"),
    ],
)
def test_what_is_not_understood_is_left_out_with_one_sentence(text: str, key: str) -> None:
    config = read(text)
    (warning,) = config.warnings
    assert key in warning
    assert warning.endswith("left out.")
    assert config == Config(path=PATH, warnings=config.warnings)


def test_one_slip_leaves_the_rest_in_force() -> None:
    config = read("[rules]\nvisit_thanks = 'x'\nlapsed = 100\n[pause]\nreason = 'away'\nuntil = 3\n")
    assert len(config.warnings) == 2
    assert config.rule_settings.days_of("lapsed") == RuleDays(100)
    assert config.rule_settings.pause_reason == "away"


def test_the_sample_shows_every_rule_with_its_default() -> None:
    plain = [line.removeprefix("# ") for line in SAMPLE.splitlines() if " = " in line or line.startswith("[r")]
    shown = tomllib.loads("\n".join(plain[plain.index(next(line for line in plain if line.startswith("[rhythm]"))) :]))
    assert {tier: Rhythm(*shown["rhythm"][tier]) for tier in ("A", "B", "C")} == TIER_RHYTHMS
    days = {rule: value for rule, value in shown["rules"].items() if rule in DEFAULT_DAYS}
    assert {r: RuleDays(*v) if isinstance(v, list) else RuleDays(v) for r, v in days.items()} == DEFAULT_DAYS


VALUES = st.recursive(
    st.one_of(st.booleans(), st.integers(), st.text(max_size=8), st.floats(allow_nan=False), st.dates()),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.sampled_from(["A", "tier", "discipline", "person", "osteopath", "lapsed", "until", "reason"]),
            inner,
            max_size=3,
        ),
    ),
    max_leaves=6,
)


@given(st.dictionaries(st.sampled_from(["rhythm", "rules", "pause"]), VALUES, max_size=3))
def test_no_value_keeps_the_program_from_starting(document: dict[str, Any]) -> None:
    config = config_of(PATH, document)
    settings = config.rule_settings
    for rule in DEFAULT_DAYS:
        days = settings.days_of(rule, person(tier=Tier.A, discipline=Discipline.OSTEOPATH))
        assert days is None or 0 <= days.target <= (days.limit if days.limit is not None else days.target)
