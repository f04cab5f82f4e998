"""The records of a list that count: who, when, what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from api.pages.late_list.wording import ListWords
from dossiers.publication.editions import Edition
from dossiers.wire.publications import AnyPublication, Frozen


@dataclass(frozen=True)
class ListRecord:
    """``number``: in the chain; ``quote``: what was written."""

    number: str
    at: str
    text: str
    quote: str


def history_of(edition: Edition, say: ListWords) -> tuple[ListRecord, ...]:
    """The newest first."""
    return tuple(_record(each.record, say) for each in reversed(edition.records))


def history_texts(edition: Edition) -> list[str]:
    """Of what was written, by SHA-256."""
    return [text for each in edition.records if (text := _text(each.record))]


def _record(record: AnyPublication, say: ListWords) -> ListRecord:
    kind = type(record).__struct_config__.tag
    name = say.person(record.by, record.capacity)
    text = say.words(f"late_rec_{kind}", name=name, **_values(record, say))
    return ListRecord(
        say.number(record.number), say.written.moment(record.at), text, say.text(_text(record))
    )


def _text(record: AnyPublication) -> str:
    """Of a freeze its reason."""
    found = getattr(record, "reason" if isinstance(record, Frozen) else "text", "")
    return str(found)


def _values(record: AnyPublication, say: ListWords) -> Mapping[str, Any]:
    cases = getattr(record, "cases", ())
    return {
        "n": say.number(len(cases)),
        "reason": say.reason(getattr(record, "reason", "")) if cases else "",
        "late": say.number(getattr(record, "late", 0)),
        "total": say.number(getattr(record, "total", 0)),
        "accepted": say.number(len(getattr(record, "accepted", ()))),
        "rejected": say.number(len(getattr(record, "rejected", ()))),
        "no": getattr(record, "document_no", ""),
        "of": getattr(record, "of", ""),
    }
