"""Which steps of a list somebody may take now."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, get_args

from api.access.principal import Role
from api.viewer import Viewer
from dossiers.publication.editions import Edition
from dossiers.publication.parts import barred, too_early

StepName = Literal[
    "explain", "reply", "ask", "decide", "submit", "return", "approve", "publish", "sign",
    "correct", "reduce",
]  # fmt: skip
STEPS: tuple[StepName, ...] = get_args(StepName)
_CHARGED = frozenset[Role]({"officer", "supervisor"})
_OFFICE = frozenset[Role]({"reform_office"})
_SIGNERS = frozenset[Role]({"reform_office", "leader"})
ROLES_OF: dict[StepName, frozenset[Role]] = {
    "explain": _CHARGED,
    "reply": _CHARGED,
    "ask": _OFFICE,
    "decide": _OFFICE,
    "submit": _OFFICE,
    "return": _SIGNERS,
    "approve": _SIGNERS,
    "publish": _SIGNERS,
    "sign": _SIGNERS,
    "correct": _OFFICE,
    "reduce": _OFFICE,
}
_PART: dict[StepName, Literal["explain", "review", "approve", "publish"]] = {
    "explain": "explain",
    "reply": "explain",
    "ask": "review",
    "decide": "review",
    "submit": "review",
    "return": "approve",
    "approve": "approve",
    "publish": "publish",
}


def _open(edition: Edition) -> bool:
    return edition.submitted is None


def _explained(edition: Edition) -> bool:
    return _open(edition) and any(True for _ in edition.explained())


_WHEN: dict[StepName, Callable[[Edition], bool]] = {
    "explain": _open,
    "reply": lambda edition: edition.published is None,
    "ask": _explained,
    "decide": _explained,
    "submit": lambda edition: _open(edition) and next(edition.pending(), None) is None,
    "return": lambda edition: edition.submitted is not None and edition.published is None,
    "approve": lambda edition: edition.submitted is not None and edition.approved is None,
    "publish": lambda edition: edition.approved is not None and edition.published is None,
    "sign": lambda edition: edition.published is not None and edition.reduced is None,
    "correct": lambda edition: edition.published is not None and edition.reduced is None,
    "reduce": lambda edition: edition.published is not None and edition.reduced is None,
}


def offered(viewer: Viewer, edition: Edition) -> tuple[StepName, ...]:
    """In their order; none where nobody works on lists. Whether a case is theirs is another
    question (``sight``)."""
    if not viewer.live.publication_desk.open:
        return ()
    return tuple(step for step in STEPS if _may(viewer, edition, step))


def _may(viewer: Viewer, edition: Edition, step: StepName) -> bool:
    who = viewer.principal
    if not who.roles & ROLES_OF[step] or not who.person or not _WHEN[step](edition):
        return False
    if step == "submit" and too_early(edition, viewer.live.view.watermark or 0):
        return False
    part = _PART.get(step)
    return part is None or barred(edition, who.person, part) is None
