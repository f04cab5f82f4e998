"""What was published, corrected and reduced, as an Atom feed (RFC 4287)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import NAMESPACE_OID, NAMESPACE_URL, uuid5
from xml.etree.ElementTree import Element, SubElement, indent, register_namespace, tostring

from api.asked import Language
from api.pages.words import Words
from api.public.asking import Asking, Links
from api.public.printing import iso_day_text, month_text
from api.public.published import Catalogue, PublishedEdition
from api.public.rendering import Site

ATOM = "http://www.w3.org/2005/Atom"
MEDIA = "application/atom+xml; charset=utf-8"
_MOST = 50  # entries
register_namespace("", ATOM)


@dataclass(frozen=True)
class FeedEntry:
    """``at``: data time, ms. ``record``: hash of the record that it tells of."""

    record: str
    at: int
    title: str
    summary: str
    href: str


def feed_of(
    catalogue: Catalogue, site: Site, links: Links, words: Words, base: str, lang: Language
) -> bytes:
    """``base``: address of the server, "" if the feed is to be read beside its pages."""
    entries = sorted(_entries(catalogue, links, words), key=lambda each: each.at, reverse=True)
    feed = Element(f"{{{ATOM}}}feed", {"xml:lang": lang, **({"xml:base": base} if base else {})})
    _text(feed, "id", f"urn:uuid:{uuid5(NAMESPACE_URL, f'{base}|{site.agency}|late-lists')}")
    _text(feed, "title", f"{words('pub_nav_lists')}, {site.agency}")
    _text(feed, "updated", _instant(entries[0].at if entries else 0))
    _text(SubElement(feed, f"{{{ATOM}}}author"), "name", site.agency)
    SubElement(feed, f"{{{ATOM}}}link", {"rel": "self", "href": base + links.feed()})
    SubElement(feed, f"{{{ATOM}}}link", {"rel": "alternate", "href": base + links.months()})
    for entry in entries[:_MOST]:
        _add(feed, entry, base)
    indent(feed)
    text: str = tostring(feed, "unicode")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{text}\n'.encode()


def _add(feed: Element, entry: FeedEntry, base: str) -> None:
    made = SubElement(feed, f"{{{ATOM}}}entry")
    _text(made, "id", f"urn:uuid:{uuid5(NAMESPACE_OID, entry.record)}")
    _text(made, "title", entry.title)
    _text(made, "updated", _instant(entry.at))
    _text(made, "summary", entry.summary)
    SubElement(made, f"{{{ATOM}}}link", {"rel": "alternate", "href": base + entry.href})


def _text(parent: Element, name: str, text: str) -> None:
    SubElement(parent, f"{{{ATOM}}}{name}").text = text


def _entries(catalogue: Catalogue, links: Links, words: Words) -> Iterator[FeedEntry]:
    for listed in catalogue.lists:  # an old list may have been corrected just now
        for edition in listed.editions:
            month = month_text(listed.month) + (f" ({listed.scope})" if listed.scope else "")
            href = links.to(Asking(listed.id, 0 if edition is listed.newest else edition.edition))
            yield _published(edition, month, href, words)
            if edition.reduced is not None and edition.reduced_place is not None:
                title = words("pub_feed_reduced", month=month)
                place = edition.reduced_place.sha256
                summary = words("pub_reduced_text", day=_instant(edition.reduced.at)[:10])
                yield FeedEntry(place, edition.reduced.at, title, summary, href)


def _published(edition: PublishedEdition, month: str, href: str, words: Words) -> FeedEntry:
    record = edition.record
    key = "pub_feed_published" if edition.edition == 1 else "pub_feed_corrected"
    title = words(key, month=month, n=edition.edition)
    summary = words("pub_feed_summary", no=record.document_no, day=iso_day_text(record.dated),
                    core=record.core)  # fmt: skip
    return FeedEntry(edition.place.sha256, record.at, title, summary, href)


def _instant(at: int) -> str:
    """RFC 3339, of ms."""
    return datetime.fromtimestamp(at // 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
