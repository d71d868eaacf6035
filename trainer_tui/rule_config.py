"""What the settings say about the rules: their days, the rhythms, and a pause of the whole studio."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from types import MappingProxyType
from typing import Any, Final, Protocol, TypeVar

import msgspec

from relationships.cadence import Rhythm
from relationships.rule_days import DEFAULT_DAYS, DaySettings, RuleDays, RuleSettings, name_key
from relationships.vocabulary import Discipline, Tier

T = TypeVar("T")

MOST_DAYS: Final = 3650
_TIERS: Final = tuple(tier.value for tier in Tier if tier is not Tier.PARKED)
_DISCIPLINES: Final = tuple(discipline.value for discipline in Discipline)


class Remarks(Protocol):
    """Where to say what was left out."""

    def unknown(self, key: str) -> None:
        """There is no such setting."""
        ...

    def wrong(self, key: str, expected: str) -> Mapping[str, Any]:
        """The value has to be something else; nothing is set."""
        ...


class _Layers:
    """What is set for each of some tiers, disciplines or people, as it comes together from two parts."""

    def __init__(self) -> None:
        self.rhythms: dict[str, Rhythm] = {}
        self.days: dict[str, Mapping[str, RuleDays | None]] = {}

    def settings(self) -> Mapping[str, DaySettings]:
        return MappingProxyType(
            {
                key: DaySettings(rhythm=self.rhythms.get(key), days=self.days.get(key, MappingProxyType({})))
                for key in (*self.rhythms, *(key for key in self.days if key not in self.rhythms))
            }
        )


def rule_settings(parts: Mapping[str, Any], remarks: Remarks) -> RuleSettings | None:
    """The settings of the rules in those parts, None when nothing is set; what is not understood is told."""
    found = _RuleReading(remarks).read(parts)
    return None if found == RuleSettings() else found


class _RuleReading:
    """One reading of the parts about rules."""

    def __init__(self, remarks: Remarks) -> None:
        self._remarks = remarks
        self._tiers, self._disciplines, self._people = _Layers(), _Layers(), _Layers()

    def read(self, parts: Mapping[str, Any]) -> RuleSettings:
        days: Mapping[str, RuleDays | None] = MappingProxyType({})
        pause: dict[str, Any] = {}
        for key, value in parts.items():
            if not isinstance(value, dict):
                self._remarks.wrong(key, f"a part of its own, [{key}]")
            elif key == "rhythm":
                self._rhythm(value)
            elif key == "rules":
                days = self._rules(value)
            else:
                pause = self._pause(value)
        return RuleSettings(
            days=days,
            tiers=self._tiers.settings(),
            disciplines=self._disciplines.settings(),
            people=self._people.settings(),
            **pause,
        )

    def _rhythm(self, part: Mapping[str, Any]) -> None:
        tiers = {key: value for key, value in part.items() if key not in ("discipline", "person")}
        self._each("rhythm", tiers, _TIERS, self._one_rhythm, self._tiers.rhythms)
        self._each(
            "rhythm.discipline", part.get("discipline", {}), _DISCIPLINES, self._one_rhythm, self._disciplines.rhythms
        )
        self._each("rhythm.person", part.get("person", {}), None, self._one_rhythm, self._people.rhythms)

    def _rules(self, part: Mapping[str, Any]) -> Mapping[str, RuleDays | None]:
        for name, known, layers in (
            ("tier", _TIERS, self._tiers),
            ("discipline", _DISCIPLINES, self._disciplines),
            ("person", None, self._people),
        ):
            self._each(f"rules.{name}", part.get(name, {}), known, self._days, layers.days)
        own = {key: value for key, value in part.items() if key not in ("tier", "discipline", "person")}
        return self._days("rules", own) or MappingProxyType({})

    def _each(
        self,
        key: str,
        part: object,
        known: tuple[str, ...] | None,
        read: Callable[[str, Any], T | None],
        found: dict[str, T],
    ) -> None:
        """Read one part that has a line or a part for each of some; without `known` ones they are people by name."""
        if not isinstance(part, dict):
            self._remarks.wrong(key, f"a part of its own, [{key}]")
            return
        for name, value in part.items():
            if known is not None and name not in known:
                self._remarks.unknown(f"{key}.{name}")
            elif (value_read := read(f"{key}.{name}", value)) is not None:
                found[name if known is not None else name_key(name)] = value_read

    def _one_rhythm(self, key: str, value: object) -> Rhythm | None:
        days = _numbers(value, 1)
        if days is None or len(days) != 2 or days[0] > days[1]:
            self._remarks.wrong(key, "a target and a limit in days, such as [30, 45]")
            return None
        return Rhythm(*days)

    def _days(self, key: str, part: object) -> Mapping[str, RuleDays | None] | None:
        if not isinstance(part, dict):
            self._remarks.wrong(key, f"a part of its own, [{key}]")
            return None
        found: dict[str, RuleDays | None] = {}
        for rule, value in part.items():
            if rule not in DEFAULT_DAYS:
                self._remarks.unknown(f"{key}.{rule}")
            elif value is False:
                found[rule] = None
            elif (days := _numbers([value] if isinstance(value, int) else value, 0)) and days[0] <= days[-1]:
                found[rule] = RuleDays(*days)
            else:
                self._remarks.wrong(f"{key}.{rule}", "days, a target and a limit such as [1, 2], or false")
        return MappingProxyType(found) if found else None

    def _pause(self, part: Mapping[str, Any]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for name, value in part.items():
            if name == "until":
                if isinstance(value, date) and not isinstance(value, datetime):
                    found["paused_until"] = value
                else:
                    self._remarks.wrong("pause.until", "a day without quotes, such as 2026-12-28")
            elif name == "reason":
                if isinstance(value, str) and value.isprintable():
                    found["pause_reason"] = value.strip()
                else:
                    self._remarks.wrong("pause.reason", 'words in quotes, such as "holiday"')
            else:
                self._remarks.unknown(f"pause.{name}")
        return found


def _numbers(value: object, least: int) -> tuple[int, ...] | None:
    """One or two numbers of days; None for anything else."""
    try:
        found = msgspec.convert(value, tuple[int, ...], strict=True)
    except msgspec.ValidationError:
        return None
    return found if 1 <= len(found) <= 2 and all(least <= days <= MOST_DAYS for days in found) else None
