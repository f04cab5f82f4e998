"""Documents of a list that is not published: drafts, to be looked at."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

from api.access.rules import RULES
from api.pages.late_list.asking import LIST
from api.pages.late_list.standing import ListStanding
from api.pages.late_list.wording import ListWords
from api.pages.parts.marks import Link
from api.viewer import Viewer

_DRAFT = f"/api/v1{LIST}/{{list:path}}/drafts/{{kind}}"
KINDS = ("docx", "pdf", "xlsx")
MAIN_KINDS = ("docx", "pdf")  # beside a title


def draft_links(
    viewer: Viewer, standing: ListStanding, say: ListWords, kinds: tuple[str, ...] = KINDS
) -> Iterator[Link]:
    """Of a list that its reader sees whole."""
    offered = any(rule.path == _DRAFT for rule in RULES)
    if not offered or not viewer.reach.whole or standing.published is not None:
        return
    path = f"/api/v1{LIST}/{quote(standing.id, safe='~')}/drafts"
    for kind in kinds:
        yield Link(say.words(f"late_draft_{kind}"), f"{path}/{kind}")


def file_links(standing: ListStanding, say: ListWords) -> Iterator[Link]:
    """What was published, and the signed ones."""
    published = standing.published
    if published is None:
        return
    path = f"/late-lists/{quote(standing.id, safe='~')}/{standing.number}"
    for file in published.files:
        size = say.number(max(1, round(file.size / 1024)))
        yield Link(file.name, f"{path}/{file.name}", f"{size} kB, SHA-256 {file.sha256}")
    for signed in standing.edition.signed:
        record = signed.record
        key = "late_signed_trusted" if record.trusted else "late_signed_untrusted"
        yield Link(record.file.name, f"{path}/{record.file.name}", say.words(key))
