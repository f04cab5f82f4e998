"""The hours that labels and explanations of figures name: those of the rules in force."""

from __future__ import annotations

from dossiers.wire.reference import Rules


def limit_hours(figure: str, rules: Rules) -> int:
    """Working hours that say what ``figure`` counts; 0 where none do."""
    limits = {"due_soon": rules.due_soon_hours, "late_receptions": rules.late_reception_hours}
    return limits.get(figure, 0)
