"""A dossier's explanation as the API shows it: names instead of ids, and the sentence."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Literal, TypeVar

import msgspec
from pydantic import BaseModel, Field

from api.viewer import Viewer
from dossiers.reference.context import Context
from dossiers.reference.in_force import InForce
from dossiers.reference.unlisted import in_english, shown_name
from dossiers.reports.explain import explain
from dossiers.reports.wording import sentences
from dossiers.text.keyed import looks_hashed
from dossiers.wire.reading import read_facts

_TIME = "epoch ms"
_WORKING = "working ms"


class DueStep(BaseModel):
    """One addition on the way to a computed due time."""

    code: str = Field(examples=["working_days"])
    at: int = Field(description="the instant so far, epoch ms", examples=[1794187800000])
    params: dict[str, int | str | list[str]] = Field(default_factory=dict, examples=[{"amount": 5}])


class DueChange(BaseModel):
    """One value of the due time, and what set it. Times in ms."""

    at: int = Field(description=_TIME, examples=[1793583000000])
    due_at: int | None = Field(description=_TIME, examples=[1794187800000])
    was: int | None = Field(description=_TIME, examples=[None])
    rule: Literal[
        "appointment",
        "limit",
        "stop",
        "restart",
        "new_appointment",
        "extension",
        "correction",
        "reference",
    ] = Field(examples=["limit"])
    event_id: str = Field(
        description='"" if other reference data set it', examples=["portal-88121"]
    )
    calendar: str = Field(description="version of the calendar, if one was used")
    rules: str = Field(description="rule version of the dossier, if any", examples=["2025-07"])
    rewrite: bool = Field(description="the change is flagged")
    counts: bool = Field(
        default=True, description="false if it came too late: the one before is the due time"
    )
    steps: list[DueStep]


class Moment(BaseModel):
    """One fact of the timeline. Times in ms."""

    at: int = Field(description=_TIME, examples=[1793583000000])
    kind: str = Field(examples=["received"])
    event_id: str = Field(examples=["portal-88121"])
    source: str = Field(examples=["portal"])
    unit: str = Field(examples=["H29.168"])
    officer_label: str = Field(examples=["N.T.H."])
    step: str = Field(examples=["tiếp nhận"])
    status: int = Field(description="status code of the national portal, 0 if none")
    clock: Literal["not_started", "running", "stopped", "ended"] = Field(examples=["running"])
    worked: int = Field(description="working ms in which the clock ran, since the reception")
    due_at: int | None = Field(description=_TIME, examples=[1794187800000])
    taken_back: bool = Field(description="a later fact took this one back")


class NamedMoment(Moment):
    """With the officer's id, if it was asked for."""

    officer: str = Field(description='id, "" if nobody is named', examples=["cb-0412"])


class Share(BaseModel):
    """One holding, and what of the lateness is its."""

    step: str = Field(examples=["thẩm định"])
    officer_label: str = Field(description='"" for a unit\'s inbox', examples=["N.T.H."])
    unit: str = Field(examples=["H29.168"])
    start: int = Field(description=_TIME, examples=[1793583000000])
    end: int = Field(description=_TIME, examples=[1794187800000])
    limit: int | None = Field(description=f"{_WORKING}, null without step data")
    used: int = Field(description=_WORKING, examples=[45000000])
    slack: int = Field(description=f"{_WORKING} left after it", examples=[-64800000])
    charge: int = Field(description=_WORKING, examples=[11250000])
    inherited: int = Field(description=f"{_WORKING} late before it began", examples=[48600000])
    made_up: int = Field(description=_WORKING, examples=[0])


class NamedShare(Share):
    """With the officer's id, if it was asked for."""

    officer: str = Field(description='id, "" for a unit\'s inbox', examples=["cb-0412"])


class Explanation(BaseModel):
    """Why a dossier counts as it does: charges and ``unassigned`` add up to ``late``."""

    as_of: int | None = Field(
        description="the watermark, epoch ms; null if nothing was read", examples=[1795406401000]
    )
    verdict: str = Field(examples=["late"])
    unrewritten: str = Field(
        description='where dates were rewritten: the verdict without any rewrite; else ""',
        examples=[""],
    )
    rewritten: str = Field(
        description='where dates were rewritten: the verdict if every rewrite counted; else ""',
        examples=[""],
    )
    as_shown: str = Field(
        description='of a backdated one: the verdict by what its snapshots had shown; else ""',
        examples=[""],
    )
    sentence_vi: str = Field(examples=["Đang dừng, còn 23 giờ làm việc."])
    sentence_en: str = Field(examples=["The clock is stopped, with 23 h of working time left."])
    left: int | None = Field(description=f"{_WORKING} until the due time of an open dossier")
    late: int = Field(description=_WORKING, examples=[45000000])
    waited: int = Field(description=f"{_WORKING} in which the clock stood", examples=[28800000])
    reference: str = Field(description="content hash of the reference data")
    calendar: str = Field(description="version of the calendar")
    rules: str = Field(description="rule version of the day of reception, if any")
    method: str = Field(examples=["running-slack-2"])
    basis: Literal["steps", "portal_steps", "no_step_data", ""] = Field(examples=["steps"])
    unassigned: int = Field(description=f"{_WORKING} due before the reception", examples=[0])
    time_line: list[NamedMoment | Moment] = Field(description="every fact, in order")
    due_times: list[DueChange]
    shares: list[NamedShare | Share] = Field(description="every holding, in order")
    skipped: dict[str, int] = Field(description=f"{_WORKING} of steps that were not taken, by step")


Shown = TypeVar("Shown", Moment, Share)


def _plain(entry: msgspec.Struct) -> dict[str, Any]:
    found: dict[str, Any] = msgspec.to_builtins(entry)
    return found


# Fields that are those of dossiers.reports.explain.Explanation.
_AS_IT_IS = (
    "verdict", "unrewritten", "rewritten", "as_shown", "left", "late", "waited", "reference",
    "calendar", "rules", "method", "basis", "unassigned",
)  # fmt: skip


class Explainer:
    """Makes explanations with one version of the reference data."""

    def __init__(
        self, context: Context, officers: Callable[[str], str], in_force: InForce | None = None
    ) -> None:
        self._context = context
        self._in_force = in_force or InForce([(0, context)])
        self._officers = officers
        self._units = {unit.id: unit.name for unit in context.reference.units}

    def explain(
        self,
        dossier_id: str,
        facts: str,
        changed_at: int,
        watermark: int | None,
        ids: bool = False,
    ) -> Explanation:
        """From ``facts`` (JSON, as the changelog has them), as of the ``watermark``, or of the
        dossier's own last change if that is later (both ms). ``ids``: officers by id, too."""
        now = max(watermark or 0, changed_at)
        found = explain(dossier_id, read_facts(facts), now, self._in_force)
        steps = self._steps(found.procedure)
        said = sentences(found, lambda name: self._label(name, steps), self._local)
        return Explanation(
            as_of=watermark,
            sentence_vi=said["vi"],
            sentence_en=in_english(said["en"]),
            **{name: getattr(found, name) for name in _AS_IT_IS},
            time_line=self._shown(found.moments, steps, NamedMoment if ids else Moment),
            due_times=[DueChange.model_validate(_plain(due)) for due in found.dues],
            shares=self._shown(found.shares, steps, NamedShare if ids else Share),
            skipped={
                steps.get(step) or shown_name(step): limit for step, limit in found.skipped.items()
            },
        )

    def _shown(
        self, entries: Sequence[msgspec.Struct], steps: dict[str, str], model: type[Shown]
    ) -> list[Shown]:
        rows = []
        for entry in entries:
            row = _plain(entry)
            row["officer_label"] = self._officers(row["officer"])
            row["step"] = steps.get(row["step"]) or shown_name(row["step"])
            rows.append(model.model_validate(row))
        return rows

    def _steps(self, procedure: str) -> dict[str, str]:
        for each in self._context.reference.procedures:
            if each.id == procedure:
                return {step.id: step.name or step.id for step in each.steps}
        return {}

    def _label(self, name: str, steps: dict[str, str]) -> str:
        listed = steps.get(name) or self._units.get(name)
        if not listed and looks_hashed(name):
            return shown_name(name)
        return listed or self._officers(name)

    def _local(self, at: int) -> datetime:
        return self._context.calendar.local(at)


def explainer_of(viewer: Viewer) -> Explainer:
    """With the reference data that counts now, and names as ``viewer`` may read them. It may be
    used in a thread: nothing of it changes with the live view."""
    return Explainer(viewer.view.context, viewer.labels.officer, viewer.view.in_force)
