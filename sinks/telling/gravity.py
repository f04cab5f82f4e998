"""In which order a message tells of alerts."""

from __future__ import annotations

from collections.abc import Iterable

from dossiers.alerting.sendings import Root, ToldLine

_LATE = ("overdue", "escalation")


def gravest_first(roots: Iterable[Root]) -> list[Root]:
    """In the order in which they are read. A late dossier is told once, by its highest level."""
    levels: dict[str, int] = {}
    found = list(roots)
    for root in found:
        for line in root.lines:
            if _is_late(line):
                id_ = line.alert.dossier_id
                levels[id_] = max(levels.get(id_, 0), line.alert.level)
    told = [
        root
        for root in found
        if len(root.lines) > 1
        or not _is_late(root.lines[0])
        or root.level == levels[root.lines[0].alert.dossier_id]
    ]
    return sorted(told, key=_gravity)


def _is_late(line: ToldLine) -> bool:
    return line.alert.kind in _LATE and line.news in ("raised", "again")


def _gravity(root: Root) -> tuple[bool, bool, int, int]:
    first = root.lines[0]
    over = first.news in ("resolved", "retracted")
    level = root.level if root.kind == "escalation" else 0
    return over, not _is_late(first), -level, first.alert.due_at
