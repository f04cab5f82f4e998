"""What people did about the alerts of a dossier, with what they wrote."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from api.acts import Acts
from api.pages.dossiers.alert_lives import deed_of
from api.pages.dossiers.alert_wording import person_label
from api.pages.dossiers.amounts import Written
from api.pages.dossiers.story import DossierNames

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Deed:
    """``at``: as written, ``when``: ms. ``text``: "" without one. ``missing``: why a text that was
    written is not shown, "" if it is. ``digest``: its SHA-256."""

    when: int
    at: str
    what: str
    who: str
    reason: str
    text: str = ""
    missing: str = ""
    digest: str = ""


def deeds_of(
    rows: Sequence[Row], acts: Acts | None, say: Written, names: DossierNames
) -> tuple[Deed, ...]:
    """From records of alerts, in their order of time. Blocks: it reads the texts."""
    done = sorted((row for row in rows if row["action"]), key=lambda row: row["occurred_at"])
    return tuple(_deed(row, acts, say, names) for row in done)


def _deed(row: Row, acts: Acts | None, say: Written, names: DossierNames) -> Deed:
    words, digest = say.words, str(row["text"])
    text = acts.texts.read(digest) if acts is not None and digest else None
    missing = ""
    if digest and text is None:
        erased = acts is not None and acts.texts.state(digest) == "erased"
        missing = words("desk_text_erased" if erased else "desk_text_missing")
    return Deed(
        when=row["occurred_at"],
        at=say.moment(row["occurred_at"]),
        what=deed_of(row, say, names),
        who=person_label(row["actor"], names.labels, words),
        reason=words(f"desk_reason_{row['reason']}") if row["reason"] else "",
        text=text or "",
        missing=missing,
        digest=digest,
    )
