"""What REST takes about late lists."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from api.late_list.asking import MOST_REQUEST
from dossiers.publication.reasons import CODES
from dossiers.text.ids import MAX_ID
from dossiers.wire.publications import MOST_CASES, MOST_FILE_BYTES, MOST_FILES, Media

HASH = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
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
    sha256: str = Field(pattern=HASH_PATTERN, examples=[HASH])
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

    document_no: str = Field(min_length=1, max_length=100, examples=["123/TB-VP"])
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
