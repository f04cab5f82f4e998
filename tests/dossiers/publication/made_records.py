"""A chain of records as people write it, step by step, and the state that follows."""

from __future__ import annotations

from typing import Any, TypeVar

from dossiers.publication.chain import next_record, record_bytes
from dossiers.publication.editions import Edition
from dossiers.publication.parts import too_early
from dossiers.publication.state import Publications, Void
from dossiers.text.canonical import sha256_of
from dossiers.wire.late_lists import Cut
from dossiers.wire.publications import (
    SYSTEM,
    AnyPublication,
    Approved,
    Asked,
    Case,
    Decided,
    Explained,
    Frozen,
    ListSubmitted,
    Publication,
    Published,
    PublishedFile,
    Reduced,
    Replied,
    Returned,
    Signed,
)
from tests.dossiers.publication.made_lists import BUILDING, LAND, LIST, LONG, TUAN, at

HEAD, REVIEWER, SECOND, LEADER = "head-xd", "reform-1", "reform-2", "leader"
TUAN_1, TUAN_2 = Case("H99-1001", BUILDING, TUAN), Case("H99-1002", BUILDING, TUAN)
LONG_1 = Case("H99-1001", BUILDING, LONG)
OF_UNIT = Case("H99-2004", LAND)
PDF = PublishedFile(
    name="danh-sach-tre-han-2026-10.pdf", media="application/pdf", sha256="5" * 64, size=9
)
AnyRecord = TypeVar("AnyRecord", bound=Publication)


def digest(word: str) -> str:
    """SHA-256 of something that is called so."""
    return sha256_of(word.encode())


class Refusal(AssertionError):
    """The fold found a record void that was to count; ``str``: the code."""


class Story:
    """Writes records one after another. Each method raises Refusal if its record is void."""

    def __init__(self, list_: str = LIST) -> None:
        self.state = Publications()
        self.values: list[bytes] = []
        self.list_id = list_
        self.edition_number = 1
        self.now = at(2, 7, 30, month=11)  # ms

    @property
    def edition(self) -> Edition:
        """That is written about."""
        found = self.state.edition(self.list_id, self.edition_number)
        assert found is not None
        return found

    def record(self, kind: type[AnyRecord], by: str, capacity: str, **fields: Any) -> AnyRecord:
        """The next one, not written yet."""
        self.now += 60_000
        told = {"request": f"r{self.now}", "at": self.now, "written_at": self.now}
        places = {"list": self.list_id, "edition": self.edition_number}
        return next_record(
            self.state.head, kind, by=by, capacity=capacity, **{**told, **places, **fields}
        )

    def write(self, record: AnyPublication) -> AnyPublication:
        """Into the topic; the reader takes it."""
        value = record_bytes(record)
        self.values.append(value)
        taken = self.state.take(value)
        if isinstance(taken, Void):
            raise Refusal(taken.reason.code)
        return taken

    def _step(self, kind: type[Any], by: str, capacity: str, **fields: Any) -> AnyPublication:
        return self.write(self.record(kind, by, capacity, **fields))

    def freeze(self, by: str = SYSTEM, capacity: str = "system", **fields: Any) -> AnyPublication:
        """Deadlines: closing time of 9, 11 and 16 November."""
        values = {
            "timeline": "live",
            "simulation": False,
            "cut": Cut(events=(1_200, 1_180, 1_311), dead_letters=4, reference=2),
            "watermark": self.now,
            "core": digest("frozen core"),
            "rows": digest("frozen rows"),
            "sheet": digest("frozen sheet"),
            "secret": digest("secret"),
            "total": 220,
            "late": 12,
            "explain_until": at(9, 17, month=11),
            "review_until": at(11, 17, month=11),
            "publish_until": at(16, 17, month=11),
        }
        return self._step(Frozen, by, capacity, **{**values, **fields})

    def explain(
        self, *cases: Case, by: str = TUAN, capacity: str = "officer", **fields: Any
    ) -> AnyPublication:
        """For leave, in words."""
        values = {"cases": cases, "reason": "leave", "text": digest("leave")}
        return self._step(Explained, by, capacity, **{**values, **fields})

    def ask(self, *cases: Case, by: str = REVIEWER, **fields: Any) -> AnyPublication:
        """Back."""
        values = {"cases": cases, "text": digest("question")}
        return self._step(Asked, by, "reform_office", **{**values, **fields})

    def reply(
        self, *cases: Case, by: str = TUAN, capacity: str = "officer", **fields: Any
    ) -> AnyPublication:
        """To what was asked, or to nothing."""
        values = {"cases": cases, "text": digest("answer")}
        return self._step(Replied, by, capacity, **{**values, **fields})

    def decide(
        self,
        accepted: tuple[Case, ...],
        rejected: tuple[Case, ...] = (),
        by: str = REVIEWER,
        **fields: Any,
    ) -> AnyPublication:
        """For leave."""
        values = {"accepted": accepted, "rejected": rejected, "reason": "leave"}
        return self._step(Decided, by, "reform_office", **{**values, **fields})

    def submit(self, by: str = REVIEWER, **fields: Any) -> AnyPublication:
        """With the hashes of a list, when the time to explain is over."""
        if too_early(self.edition, self.now):
            self.now = self.edition.frozen.record.explain_until
        values = {"core": digest("core"), "rows": digest("rows"), "sheet": digest("sheet")}
        return self._step(ListSubmitted, by, "reform_office", **{**values, **fields})

    def send_back(
        self, by: str = LEADER, capacity: str = "leader", **fields: Any
    ) -> AnyPublication:
        """To the review."""
        return self._step(Returned, by, capacity, **{"text": digest("why"), **fields})

    def approve(self, by: str = LEADER, capacity: str = "leader", **fields: Any) -> AnyPublication:
        """What was submitted."""
        values = {"frozen": self.edition.frozen.record.core, "core": digest("core")}
        return self._step(Approved, by, capacity, **{**values, **fields})

    def publish(
        self, by: str = SECOND, capacity: str = "reform_office", **fields: Any
    ) -> AnyPublication:
        """One PDF."""
        values = {
            "core": digest("core"),
            "envelope": digest("envelope"),
            "document_no": "214/TB-VP",
            "dated": "2026-11-13",
            "files": (PDF,),
        }
        return self._step(Published, by, capacity, **{**values, **fields})

    def sign(self, by: str = LEADER, **fields: Any) -> AnyPublication:
        """The PDF came back."""
        name = PDF.name.replace(".pdf", ".signed.pdf")
        signed = PublishedFile(name=name, media=PDF.media, sha256="6" * 64, size=20)
        values = {"file": signed, "of": PDF.name, "certificate": digest("x509"), "trusted": True}
        return self._step(Signed, by, "leader", **{**values, **fields})

    def reduce(self, by: str = SYSTEM, capacity: str = "system", **fields: Any) -> AnyPublication:
        """Names have had their time."""
        assert self.edition.published is not None
        values = {
            "cites": self.edition.published.hash,
            "core": digest("reduced core"),
            "rows": digest("reduced rows"),
            "files": (),
            "erased": (digest("frozen rows"), digest("secret")),
        }
        return self._step(Reduced, by, capacity, **{**values, **fields})

    def correct(self, by: str = REVIEWER, **fields: Any) -> AnyPublication:
        """Freeze anew what was published; what follows is about the new edition."""
        assert self.edition.published is not None
        values = {"cites": self.edition.published.hash, "reason": digest("mistake")}
        self.edition_number += 1
        return self.freeze(by, "reform_office", **{**values, **fields})


def published_story() -> Story:
    """From the freeze to what is published and signed, two explanations accepted."""
    story = Story()
    story.freeze()
    story.explain(TUAN_1, TUAN_2)
    story.explain(OF_UNIT, by=HEAD, capacity="supervisor", reason="system_down")
    story.ask(TUAN_2)
    story.reply(TUAN_2)
    story.decide((TUAN_1,), (TUAN_2,))
    story.decide((OF_UNIT,), reason="system_down", by=SECOND)
    story.submit()
    story.approve()
    story.publish(LEADER, "leader")
    story.sign()
    return story
