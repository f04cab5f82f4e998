"""What the page of a dossier says has become of an alert."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from api.pages.dossiers.alert_lives import alerts_of


def test_the_life_of_an_alert_says_where_its_dossier_went() -> None:
    say: Any = SimpleNamespace(words=lambda key, **said: f"{key} {said.get('who')}", short=str)
    names: Any = SimpleNamespace(any=str)
    raised = {
        "alert_id": "a", "kind": "overdue", "level": 0, "transition": "raised", "action": "",
        "unit": "u1", "officer": "o1", "step": "", "detected_at": 1,
    }  # fmt: skip
    rows = [raised, {**raised, "officer": "o2"}, {**raised, "officer": "o3", "unit": "u2"}]
    (told,) = alerts_of([*rows, {**rows[-1], "transition": "resolved"}], say, names)
    assert told.life == ("alert_moved o2", "alert_moved u2", "alert_was_resolved None")
