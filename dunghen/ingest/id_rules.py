"""What is kept of ids on a timeline, as the settings and its key say (dossiers.text.kept_ids)."""

from __future__ import annotations

from collections.abc import Iterable

from dossiers.text.identity import folded
from dossiers.text.kept_ids import KeptIds
from dossiers.text.keyed import looks_hashed
from dossiers.wire.timeline import Timeline
from dunghen.settings.installation import Installation
from dunghen.timeline.current import require_timeline
from dunghen.timeline.hash_key import required_key
from dunghen.wiring import form_of
from sources.portal.name_admission import hash_of, is_code


def ids_of(installation: Installation, timeline: Timeline) -> KeptIds:
    """Of a live ``timeline``; of another, all ids are kept. Raises UserError without its key."""
    return KeptIds(required_key(installation, timeline), form_of(installation.settings))


def unlisted_names(
    installation: Installation, timeline: Timeline, texts: Iterable[str]
) -> dict[str, str]:
    """What stands for those of ``texts`` that the entrances pass as a hash if the reference data
    lacks such a unit. Needs no key if all have the form of codes. Raises UserError."""
    form = form_of(installation.settings)
    free = [text for text in texts if not is_code(text, form)]
    keyed = required_key(installation, timeline) if free else None
    return {} if keyed is None else {text: hash_of(keyed, "unit", folded(text)) for text in free}


def sought_id(installation: Installation, given: str) -> str:
    """What an id that somebody looks for is called here. Raises UserError."""
    return next(iter(sought_ids(installation, [given])))


def sought_ids(installation: Installation, given: Iterable[str]) -> dict[str, str]:
    """What many are called here, each with what was given for it. Needs no key where all are kept
    as they are. Raises UserError."""
    form, plain = form_of(installation.settings), KeptIds(None)
    ids: KeptIds | None = None
    found: dict[str, str] = {}
    for each in given:
        kept = plain.sought(each)
        if not form.keeps(kept) or looks_hashed(kept):
            ids = ids or ids_of(installation, require_timeline(installation))
            kept = ids.sought(each)
        found[kept] = each
    return found
