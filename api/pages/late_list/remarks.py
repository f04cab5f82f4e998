"""What was said about cases, in the order of the log."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from api.pages.late_list.asking import LIST
from api.pages.late_list.holders import ChargedCase
from api.pages.late_list.talk import SaidText
from api.pages.late_list.wording import ListWords
from api.pages.parts.marks import Link
from dossiers.wire.publications import Attachment


@dataclass(frozen=True)
class ListRemark:
    """One thing that was said. ``who``: by whom and when; ``late``: after the deadline."""

    kind: str
    text: str
    who: str
    late: bool
    files: tuple[Link, ...]
    reason: str = ""
    about: str = ""


def remarks_of(cases: Iterable[ChargedCase], say: ListWords) -> list[ListRemark]:
    """Everything that was said about some cases, once each, in the order of the log."""
    found: dict[int, tuple[str, SaidText, str, list[str]]] = {}
    for case in cases:
        talk = case.talk
        said = [("explained", talk.explained, talk.reason)]
        said += [("asked", each, "") for each in talk.asked]
        said += [("replied", each, "") for each in talk.replies]
        if talk.decided is not None:
            said.append((talk.verdict, talk.decided, talk.decided_reason))
        for kind, text, reason in said:
            if text is not None:
                known = found.setdefault(text.number, (kind, text, reason, []))
                known[3].append(case.line.dossier)
    return [
        _remark(kind, text, reason, about, say)
        for _, (kind, text, reason, about) in sorted(found.items())
    ]


def _remark(kind: str, text: SaidText, reason: str, about: list[str], say: ListWords) -> ListRemark:
    capacity = "" if kind in ("explained", "replied") else "reform_office"
    name = say.person(text.by, capacity)
    who = say.words(f"late_said_{kind}", name=name, at=say.at(text.at))
    return ListRemark(
        kind=kind,
        text=say.text(text.text),
        who=who,
        late=text.late,
        files=tuple(_file(n, each, say) for n, each in enumerate(text.files, 1)),
        reason=say.reason(reason),
        about=say.words("late_n_dossiers", n=say.number(len(set(about)))),
    )


def _file(n: int, file: Attachment, say: ListWords) -> Link:
    kind = {"application/pdf": "PDF", "image/jpeg": "JPEG", "image/png": "PNG"}[file.media]
    kilobytes = max(1, round(file.size / 1024))
    text = say.words("late_file", n=n, kind=kind, size=say.number(kilobytes))
    return Link(text, f"/api/v1{LIST}/files/{file.sha256}")
