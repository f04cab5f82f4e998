"""Separation of persons: nobody does two of explain, review, approve for one list, corrections
included; and the time that those have who are charged."""

from __future__ import annotations

from collections.abc import Set
from typing import Literal

from dossiers.publication.editions import Edition

Part = Literal["explain", "review", "approve", "publish"]


def barred(edition: Edition, person: str, part: Part) -> str | None:
    """Code of why ``person`` may not do this part for this edition, because of another one done;
    None if nothing is in the way."""
    others: dict[Part, tuple[tuple[Set[str], str], ...]] = {
        "explain": (_reviewed(edition), (edition.approvers, "has_approved")),
        "review": (_explained(edition), (edition.approvers, "has_approved")),
        "approve": (_explained(edition), _reviewed(edition)),
        "publish": (_explained(edition), _reviewed(edition)),
    }
    return next((code for people, code in others[part] if person in people), None)


def too_early(edition: Edition, at: int) -> bool:
    """Whether at ``at`` (ms) those who are charged may still explain in time, so that nobody closes
    the review yet. A simulation's clock runs too fast to wait for."""
    frozen = edition.frozen.record
    return not frozen.simulation and at <= frozen.explain_until


def _explained(edition: Edition) -> tuple[Set[str], str]:
    return edition.explainers, "has_explained"


def _reviewed(edition: Edition) -> tuple[Set[str], str]:
    return edition.reviewers, "has_reviewed"
