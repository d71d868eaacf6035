"""Three sessions and a disk against a plain model: whatever they do, no field is lost and all see the same."""

from __future__ import annotations

from hypothesis import settings

from tests.store_model import Sessions

TestSessions = Sessions.TestCase
TestSessions.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
