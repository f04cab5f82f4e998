"""What stands beside a list: other months, files to take along, when it was published."""

from __future__ import annotations

from dataclasses import dataclass

from api.pages.words import Words
from api.public.asking import Links
from api.public.printing import Printer, size_text
from api.public.published import PublishedEdition, PublishedList
from dossiers.publication.manifest import manifest_json, manifest_name
from dossiers.wire.late_lists import ListCore

_KINDS = ("pdf", "xlsx", "csv", "docx", "json")


@dataclass(frozen=True)
class AsideMonth:
    """One list as others are compared with it. ``rate`` and ``late`` are written out."""

    id: str
    month: str
    href: str
    late: str
    rate: str
    total: str
    edition: str
    dated: str
    scope: str = ""


@dataclass(frozen=True)
class PublicDownload:
    """A file. ``kind``: what is pressed, such as PDF; ``about``: what is in it."""

    kind: str
    about: str
    name: str
    href: str
    size: str
    main: bool


def downloads_of(
    edition: PublishedEdition, core: ListCore, words: Words, links: Links
) -> tuple[PublicDownload, ...]:
    """Every file of an edition, the manifest last. ``main``: the first one of its kind."""
    found: list[PublicDownload] = []
    seen: set[str] = set()
    signed = {each.file.name for each in edition.signed}
    for file in edition.files:
        kind = file.name.rpartition(".")[2]
        about = words("pub_file_signed") if file.name in signed else _about(file.name, kind, words)
        main = kind in _KINDS and kind not in seen and file.name not in signed
        seen.add(kind)
        href = links.file(edition.list, edition.edition, file.name)
        size = size_text(file.size, words)
        found.append(PublicDownload(kind.upper(), about, file.name, href, size, main))
    name = manifest_name(edition.list, edition.edition)
    size = size_text(len(manifest_json(edition.manifest(core))), words)
    href = links.file(edition.list, edition.edition, name)
    found.append(PublicDownload("JSON", words("pub_file_manifest"), name, href, size, main=False))
    return tuple(found)


def _about(name: str, kind: str, words: Words) -> str:
    for part in ("can-bo", "don-vi", "ho-so", "cham-tiep-nhan", "loai-tru"):
        if part in name:
            return words(f"pub_file_{part.replace('-', '_')}")
    if "phu-luc" in name:
        number = name.rpartition(".")[0].rpartition("-")[2]
        return words("pub_file_annex", n=number if number.isdecimal() else "")
    key = f"pub_file_{kind}"
    return words(key) if words.has(key) else name


def meta_of(list_: PublishedList, edition: PublishedEdition, printer: Printer) -> str:
    """When and by what it was published, and until when the data was known."""
    words, record = printer.words, edition.record
    first = list_.editions[0]
    parts = [words("pub_meta_published", at=printer.minute(first.record.at),
                   no=first.record.document_no)]  # fmt: skip
    if edition is not first:
        parts.append(words("pub_meta_corrected", at=printer.minute(record.at),
                           no=record.document_no))  # fmt: skip
    parts.append(words("pub_meta_known", at=printer.minute(printer.opened.core.watermark)))
    return " ".join(parts)
