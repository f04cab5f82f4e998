"""What has become of a step, as the form led back to a page, or why it was not taken."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Query

from api.pages.words import Words
from api.publications.errors import LateListError
from dossiers.publication.refusals import REFUSALS, refusal_words


@dataclass(frozen=True)
class ListTold:
    """``bad``: nothing was done."""

    text: str
    bad: bool = False


def told_code(
    told: Annotated[str, Query(max_length=40, description="what was just done")] = "",
) -> str:
    """From the parameter of an address."""
    return told


ToldCode = Annotated[str, Depends(told_code)]


def told_of(code: str, words: Words) -> ListTold | None:
    """None for anything unknown."""
    key = f"late_told_{code}"
    return ListTold(words(key)) if code and words.has(key) else None


def problem_of(error: LateListError, words: Words) -> str:
    """Why nothing was done, as a sentence."""
    if words.has(f"late_error_{error.key}"):
        return words(f"late_error_{error.key}")
    if error.key in REFUSALS:
        return refusal_words(error.key, words.language)
    if (
        words.has(f"desk_error_{error.key}")
        and "{" not in words.messages[f"desk_error_{error.key}"]
    ):
        return words(f"desk_error_{error.key}")
    return words("late_error_other", detail=str(error))
