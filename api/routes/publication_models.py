"""What REST tells about late lists."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from api.late_list.offering import StepName
from api.routes.publication_bodies import HASH
from dossiers.wire.publications import Media


class StepTaken(BaseModel):
    """``again``: this request had done it before. ``at``: data time, epoch ms."""

    list: str = Field(examples=["2026-10"])
    edition: int = Field(examples=[1])
    number: int = Field(description="of the record in the chain", examples=[13])
    hash: str = Field(description="SHA-256 of the record", examples=[HASH])
    at: int = Field(description="data time, epoch ms", examples=[1795406400000])
    again: bool = Field(examples=[False])


class GoesOn(BaseModel):
    """Work that takes longer than an answer may."""

    code: str = Field(examples=["working"])
    detail: str = Field(examples=["This takes longer: it goes on; send the same request again."])


class OneEffect(BaseModel):
    """Late dossiers of an officer in a unit, or (``officer`` empty) of the unit with those below
    it; both empty: of the whole. Rates are in percent with one decimal, null where there are
    too few dossiers for one."""

    unit: str = Field(examples=["H29.168"])
    unit_name: str = Field(examples=["UBND phường Dương Nội"])
    officer: str = Field(examples=["CB00004"])
    officer_name: str = Field(examples=["Nguyễn Thị Hoa"])
    total: int = Field(examples=[86])
    before: int = Field(examples=[11])
    after: int = Field(examples=[9])
    rate_before: str | None = Field(examples=["12.8"])
    rate_after: str | None = Field(examples=["10.5"])


class EffectList(BaseModel):
    """What a decision would change."""

    effects: list[OneEffect]


class OneFile(BaseModel):
    """A published file."""

    name: str = Field(examples=["danh-sach-tre-han-2026-10.pdf"])
    media: str = Field(examples=["application/pdf"])
    sha256: str = Field(examples=[HASH])
    size: int = Field(examples=[231_044])


class ListShown(BaseModel):
    """A list as far as you may see it. Times (``frozen_at``, ``watermark``, ``explain_until``,
    ``review_until``, ``publish_until``) are data time in epoch ms. ``cases`` counts those that you
    see, by how far they are.
    ``number``: of its newest record. ``offered``: what you may do now."""

    id: str = Field(examples=["2026-10"])
    month: str = Field(examples=["2026-10"])
    scope: str = Field(description="a unit; empty: all", examples=[""])
    edition: int = Field(examples=[1])
    simulation: bool = Field(examples=[False])
    stage: str = Field(examples=["explaining"])
    number: int = Field(examples=[12])
    frozen_at: int = Field(description="epoch ms", examples=[1795406400000])
    watermark: int = Field(description="until when the log was known", examples=[1795406400000])
    explain_until: int = Field(examples=[1795406400000])
    review_until: int = Field(examples=[1795406400000])
    publish_until: int = Field(examples=[1795406400000])
    core: str = Field(description="SHA-256 of the frozen list", examples=[HASH])
    list_core: str = Field(description="SHA-256 of what is approved, once submitted", examples=[""])
    total: int | None = Field(description="null if you see a part", examples=[28_391])
    late: int | None = Field(description="null if you see a part", examples=[412])
    document_no: str = Field(examples=["123/TB-VP"])
    dated: str = Field(examples=["2026-11-12"])
    files: list[OneFile]
    cases: dict[str, int] = Field(examples=[{"all": 412, "pending": 3}])
    offered: list[StepName] = Field(examples=[["explain", "reply"]])
    working: bool = Field(description="whether files are being made", examples=[False])


class ListsShown(BaseModel):
    """The newest month first."""

    lists: list[ListShown]


class SaidView(BaseModel):
    """``text``: null without one; ``erased``: there was one. ``at``: data time, epoch ms."""

    __qualname__ = "Remark"
    model_config = ConfigDict(title="Remark")
    by: str = Field(examples=["CB00004"])
    by_label: str = Field(examples=["N.T.H."])
    capacity: str = Field(examples=["officer"])
    at: int = Field(description="data time, epoch ms", examples=[1795406400000])
    reason: str = Field(examples=["leave"])
    text: str | None = Field(examples=["Nghỉ phép, chưa có người thay."])
    erased: bool = Field(examples=[False])
    late: bool = Field(description="after the deadline", examples=[False])


class DecisionView(BaseModel):
    """The review of a case. ``at``: data time, epoch ms."""

    __qualname__ = "Decision"
    model_config = ConfigDict(title="Decision")
    accepted: bool = Field(examples=[True])
    by: str = Field(examples=["reform-1"])
    at: int = Field(examples=[1795406400000])
    reason: str = Field(examples=["leave"])
    text: str | None = Field(examples=["Có quyết định nghỉ phép."])


class AttachedFile(BaseModel):
    """GET /api/v1/publications/files/{sha256} has it."""

    sha256: str = Field(examples=[HASH])
    media: Media = Field(examples=["application/pdf"])
    size: int = Field(examples=[48_213])


class DraftView(BaseModel):
    """What was said about the dossier's alerts: a draft of the explanation. ``at``: data time,
    epoch ms."""

    __qualname__ = "Draft"
    model_config = ConfigDict(title="Draft")
    reason: str = Field(examples=["leave"])
    text: str = Field(examples=["Nghỉ phép."])
    by: str = Field(examples=["CB00004"])
    at: int = Field(examples=[1795406400000])


class CaseShown(BaseModel):
    """A case as it stands. Amounts are working ms; ``day``: of a working day; ``due_at``,
    ``finished_at``: epoch ms."""

    dossier: str = Field(examples=["H29.168-261015-0012"])
    procedure: str = Field(examples=["1.001193"])
    procedure_name: str = Field(examples=["Đăng ký khai sinh"])
    unit: str = Field(examples=["H29.168"])
    unit_name: str = Field(examples=["UBND phường Dương Nội"])
    officer: str = Field(examples=["CB00004"])
    officer_name: str = Field(examples=["Nguyễn Thị Hoa"])
    steps: list[str] = Field(examples=[["Thẩm định"]])
    amount: int = Field(description="charged here", examples=[28_800_000])
    late: int = Field(description="of the dossier", examples=[57_600_000])
    day: int = Field(examples=[28_800_000])
    due_at: int = Field(examples=[1795406400000])
    finished_at: int | None = Field(examples=[1795492800000])
    marks: list[Literal["rewritten", "backdated", "retracted", "reopened"]] = Field(
        examples=[["rewritten"]]
    )
    listed_in: list[str] = Field(examples=[["2026-09"]])
    number: int = Field(description="of the last record about it, 0: none", examples=[12])
    pending: bool = Field(description="waits for a decision", examples=[True])
    explanation: SaidView | None = Field(description="the one that counts")
    asked: list[SaidView]
    replies: list[SaidView]
    files: list[AttachedFile]
    decision: DecisionView | None = Field(description="the one that counts")


class CasePage(BaseModel):
    """``count``: of all pages."""

    count: int = Field(examples=[412])
    cases: list[CaseShown]
    next: str | None = Field(description="`cursor` of the next page", examples=[None])


class Drafted(BaseModel):
    """``draft``: null if nobody explained an alert of the dossier."""

    draft: DraftView | None = Field(description="to begin with")
