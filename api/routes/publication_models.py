"""What REST takes and gives about late lists."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from api.late_list.asking import MOST_REQUEST
from api.late_list.offering import StepName
from dossiers.publication.reasons import CODES
from dossiers.text.ids import MAX_ID
from dossiers.wire.publications import MOST_CASES, MOST_FILE_BYTES, MOST_FILES, Media

_HASH = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
HASH_PATTERN = "^[0-9a-f]{64}$"
MOST_TYPED = 4_000  # characters of a text as it comes; what is kept is shorter
Typed = Annotated[
    str,
    Field(max_length=MOST_TYPED, description="in words; names no citizen", examples=["Nghỉ phép."]),
]
Reason = Annotated[
    str, Field(max_length=40, description=f"one of {', '.join(CODES)}", examples=["leave"])
]
OneId = Annotated[str, Field(min_length=1, max_length=MAX_ID)]


class CaseBody(BaseModel):
    """A dossier, and who is charged with it. ``officer``: empty for the unit itself."""

    __qualname__ = "Case"
    model_config = ConfigDict(extra="forbid", title="Case")
    dossier: OneId = Field(examples=["H29.168-261015-0012"])
    unit: OneId = Field(examples=["H29.168"])
    officer: str = Field(default="", max_length=MAX_ID, examples=["CB00004"])


Cases = Annotated[list[CaseBody], Field(min_length=1, max_length=MOST_CASES)]
AnyCases = Annotated[list[CaseBody], Field(max_length=MOST_CASES)]


class StepBody(BaseModel):
    """``request``: yours, unique: the same again changes nothing and gets the same answer.
    ``seen``: `number` of the list as you saw it."""

    model_config = ConfigDict(extra="forbid")
    request: str = Field(min_length=1, max_length=MOST_REQUEST, examples=["3f1c9a"])
    seen: int = Field(default=0, ge=0, lt=2**53, examples=[12])


class UploadedFile(BaseModel):
    """A file as it was kept, with the seal by which whoever sent it attaches it."""

    model_config = ConfigDict(extra="forbid")
    sha256: str = Field(pattern=HASH_PATTERN, examples=[_HASH])
    media: Media = Field(examples=["application/pdf"])
    size: int = Field(ge=1, le=MOST_FILE_BYTES, examples=[48213])
    seal: str = Field(max_length=100, examples=["5d41402abc4b2a76b9719d911017c592"])


SentFiles = Annotated[list[UploadedFile], Field(max_length=MOST_FILES)]


class ReplyBody(StepBody):
    """What somebody charged has to say."""

    cases: Cases
    text: Typed
    files: SentFiles = []


class ExplainBody(StepBody):
    """Why it was late."""

    cases: Cases
    reason: Reason
    text: Typed = ""
    files: SentFiles = []


class AskBody(StepBody):
    """What the reviewer wants to know."""

    cases: Cases
    text: Typed


class DecideBody(StepBody):
    """``reason``: by which the accepted ones are relieved; whom, follows from it."""

    accepted: AnyCases = []
    rejected: AnyCases = []
    reason: Reason = ""
    text: Typed = ""


class EffectBody(BaseModel):
    """A decision that is not made yet."""

    model_config = ConfigDict(extra="forbid")
    accepted: Cases
    reason: Reason


class ReturnBody(StepBody):
    """Why it goes back to the review."""

    text: Typed


class CorrectBody(StepBody):
    """Why it is corrected."""

    text: Typed


class PublishBody(StepBody):
    """What stands on the document beside the list; where empty, as the settings say."""

    document_no: str = Field(min_length=1, max_length=60, examples=["123/TB-VP"])
    dated: str = Field(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$", examples=["2026-11-12"])
    place: str = Field(default="", max_length=100, examples=["Minh Hòa"])
    signer_title: list[Annotated[str, Field(max_length=200)]] = Field(default=[], max_length=5)
    signer: str = Field(default="", max_length=100, examples=["Lê Văn Tám"])


class FreezeBody(BaseModel):
    """``scope``: a unit with those below it; empty: all."""

    model_config = ConfigDict(extra="forbid")
    request: str = Field(min_length=1, max_length=MOST_REQUEST, examples=["3f1c9a"])
    month: str = Field(pattern=r"^[0-9]{4}-[0-9]{2}$", examples=["2026-10"])
    scope: str = Field(default="", max_length=200, examples=[""])


class StepTaken(BaseModel):
    """``again``: this request had done it before."""

    list: str = Field(examples=["2026-10"])
    edition: int = Field(examples=[1])
    number: int = Field(description="of the record in the chain", examples=[13])
    hash: str = Field(description="SHA-256 of the record", examples=[_HASH])
    at: int = Field(description="data time, epoch ms", examples=[1795406400000])
    again: bool = Field(examples=[False])


class OneEffect(BaseModel):
    """Late dossiers of an officer in a unit, or (``officer`` empty) of the unit with those below
    it. Rates are in percent with one decimal, null below the number from which on there is one."""

    unit: str = Field(examples=["H29.168"])
    unit_name: str = Field(examples=["UBND phường Dương Nội"])
    officer: str = Field(examples=["CB00004"])
    officer_name: str = Field(examples=["Nguyễn Thị Hoa"])
    total: int = Field(examples=[86])
    before: int = Field(examples=[11])
    after: int = Field(examples=[9])
    rate_before: str | None = Field(examples=["12.8"])
    rate_after: str | None = Field(examples=["10.5"])


class Effects(BaseModel):
    """What a decision would change."""

    effects: list[OneEffect]


class OneFile(BaseModel):
    """A published file."""

    name: str = Field(examples=["danh-sach-tre-han-2026-10.pdf"])
    media: str = Field(examples=["application/pdf"])
    sha256: str = Field(examples=[_HASH])
    size: int = Field(examples=[231_044])


class ListShown(BaseModel):
    """A list as far as you may see it: ``cases`` counts those that you see, by how far they are.
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
    core: str = Field(description="SHA-256 of the frozen list", examples=[_HASH])
    list_core: str = Field(description="SHA-256 of what is approved, once submitted", examples=[""])
    total: int | None = Field(description="null if you see a part", examples=[28_391])
    late: int | None = Field(description="null if you see a part", examples=[412])
    document_no: str = Field(examples=["123/TB-VP"])
    dated: str = Field(examples=["2026-11-12"])
    files: list[OneFile]
    cases: dict[str, int] = Field(examples=[{"all": 412, "pending": 3}])
    offered: list[StepName]
    working: bool = Field(description="whether files are being made", examples=[False])


class ListsShown(BaseModel):
    """The newest month first."""

    lists: list[ListShown]


class SaidView(BaseModel):
    """``text``: null without one; ``erased``: there was one."""

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
    """The review of a case."""

    __qualname__ = "Decision"
    model_config = ConfigDict(title="Decision")
    accepted: bool = Field(examples=[True])
    by: str = Field(examples=["reform-1"])
    at: int = Field(examples=[1795406400000])
    reason: str = Field(examples=["leave"])
    text: str | None = Field(examples=["Có quyết định nghỉ phép."])


class AttachedFile(BaseModel):
    """GET /api/v1/publications/files/{sha256} has it."""

    sha256: str = Field(examples=[_HASH])
    media: Media = Field(examples=["application/pdf"])
    size: int = Field(examples=[48_213])


class DraftView(BaseModel):
    """What was said about the dossier's alerts: a draft of the explanation."""

    __qualname__ = "Draft"
    model_config = ConfigDict(title="Draft")
    reason: str = Field(examples=["leave"])
    text: str = Field(examples=["Nghỉ phép."])
    by: str = Field(examples=["CB00004"])
    at: int = Field(examples=[1795406400000])


class CaseShown(BaseModel):
    """A case as it stands. Amounts are working ms; ``day``: of a working day."""

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
    marks: list[Literal["rewritten", "backdated", "retracted", "reopened"]]
    listed_in: list[str] = Field(examples=[["2026-09"]])
    number: int = Field(description="of the last record about it, 0: none", examples=[12])
    pending: bool = Field(description="waits for a decision", examples=[True])
    explanation: SaidView | None
    asked: list[SaidView]
    replies: list[SaidView]
    files: list[AttachedFile]
    decision: DecisionView | None


class CasePage(BaseModel):
    """``count``: of all pages."""

    count: int = Field(examples=[412])
    cases: list[CaseShown]
    next: str | None = Field(description="`cursor` of the next page", examples=[None])


class Drafted(BaseModel):
    """``draft``: null if nobody explained an alert of the dossier."""

    draft: DraftView | None
