"""What was appended to a PDF before it was signed: nothing but the signature itself?

A signature covers what was appended before it, so it is valid over a page that somebody changed.
pyHanko compares from the first signature on; this compares the original with that signature's
revision. Of the original's objects only these may be others: the catalogue and a page, by a form
and a widget for signatures, and what describes the file.
"""

from __future__ import annotations

from typing import Any

from pyhanko.pdf_utils.generic import DictionaryObject, IndirectObject, Reference
from pyhanko.pdf_utils.reader import HistoricalResolver, PdfFileReader

_CATALOGUE = {"/AcroForm", "/DSS", "/Perms", "/Extensions", "/Version"}
_FORM = {"/Fields", "/SigFlags", "/DA", "/DR"}
_ACTIONS = {"/A", "/AA"}


def only_signatures(reader: PdfFileReader, revision: int) -> bool:
    """Of the revisions behind the first (number 0) up to ``revision``. Raises what pyHanko does
    where the file is broken."""
    old, new = (reader.get_historical_resolver(number) for number in (0, revision))
    root = reader.trailer.raw_get("/Root").reference
    if old.trailer_view.raw_get("/Root").reference != root:
        return False
    original = set(reader.xrefs.explicit_refs_in_revision(0))
    for number in range(1, revision + 1):
        if reader.xrefs.refs_freed_in_revision(number) & original:
            return False
        changed = set(reader.xrefs.explicit_refs_in_revision(number)) & original
        if not all(_may_change(ref, root, old, new) for ref in changed):
            return False
    return _is_signature_form(_read(new, new(root).get("/AcroForm")), new)


def _may_change(
    ref: Reference, root: Reference, old: HistoricalResolver, new: HistoricalResolver
) -> bool:
    before, after = old(ref), new(ref)
    if ref in _describing(root, old):
        return True
    if not isinstance(before, DictionaryObject) or type(after) is not type(before):
        return False
    if ref == root:
        return _same(before, after, _CATALOGUE)
    if before.get("/Type") != "/Page":
        return False
    return _same(before, after, {"/Annots"}) and _adds_signatures(before, after, old, new)


def _describing(root: Reference, old: HistoricalResolver) -> set[Reference]:
    """Title and dates of the file, which are on no page."""
    found = (old(root), "/Metadata"), (old.trailer_view, "/Info")
    return {holder.raw_get(key).reference for holder, key in found if key in holder}


def _same(before: DictionaryObject, after: DictionaryObject, but: set[str]) -> bool:
    keys = (set(before) | set(after)) - but
    return all(_raw(before, key) == _raw(after, key) for key in keys)


def _raw(holder: DictionaryObject, key: str) -> Any:
    return holder.raw_get(key) if key in holder else None


def _adds_signatures(
    before: DictionaryObject,
    after: DictionaryObject,
    old: HistoricalResolver,
    new: HistoricalResolver,
) -> bool:
    was = list(_read(old, before.get("/Annots")) or ())
    now = list(_read(new, after.get("/Annots")) or ())
    return now[: len(was)] == was and all(_is_signature(each, new) for each in now[len(was) :])


def _is_signature_form(form: Any, new: HistoricalResolver) -> bool:
    return (
        isinstance(form, DictionaryObject)
        and set(form) <= _FORM
        and all(_is_signature(each, new) for each in _read(new, form.get("/Fields")))
    )


def _is_signature(field: Any, new: HistoricalResolver) -> bool:
    found = _read(new, field)
    return (
        isinstance(found, DictionaryObject)
        and found.get("/FT") == "/Sig"
        and not _ACTIONS & set(found)
        and "/Kids" not in found
    )


def _read(resolver: HistoricalResolver, found: Any) -> Any:
    return resolver(found.reference) if isinstance(found, IndirectObject) else found
