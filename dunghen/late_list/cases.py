"""Which cases a command means, found among those that whoever asks may see."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import quote

from dossiers.errors import UserError
from dossiers.wire.publications import MOST_CASES
from dunghen.api_client.person import PersonApi

Json = dict[str, Any]
ROOT = "/api/v1/publications"
_PAGE = 200


def list_path(list_: str, step: str = "") -> str:
    """Of a list, or of one of its steps."""
    return f"{ROOT}/{quote(list_, safe='~')}" + (f"/{step}" if step else "")


def cases_of(api: PersonApi, list_: str, parameters: Json) -> Iterator[Json]:
    """All that may be seen, page after page. Raises UserError."""
    cursor = None
    while True:
        asked = {"limit": _PAGE, **parameters, **({"cursor": cursor} if cursor else {})}
        page = api.get(list_path(list_, "cases"), asked)
        yield from page["cases"]
        cursor = page["next"]
        if not cursor:
            return


def together_in(api: PersonApi, since: str, until: str, *, whole: bool) -> Json:
    """What several months' lists come to; ``whole``: with all dossiers, not one page of them.
    Raises UserError."""
    asked = {"since": since, "until": until, "limit": _PAGE if whole else 1}
    found: Json = api.get(f"{ROOT}/together", asked)
    while whole and found["next"]:
        page = api.get(f"{ROOT}/together", {**asked, "cursor": found["next"]})
        found = {**page, "dossiers": [*found["dossiers"], *page["dossiers"]]}
    return found


def meant(api: PersonApi, list_: str, words: Iterable[str]) -> list[Json]:
    """The cases of ``words``: DOSSIER, or DOSSIER,UNIT,OFFICER where several are charged with it.
    Raises UserError for one that is not there, or is several."""
    wanted = list(dict.fromkeys(words))
    if not wanted or len(wanted) > MOST_CASES:
        raise UserError(f"Name 1 to {MOST_CASES} cases.")
    whole = [_parts(word) for word in wanted if "," in word]
    alone = {word for word in wanted if "," not in word}
    found = [_case(each) for each in cases_of(api, list_, {}) if each["dossier"] in alone]
    for dossier in alone:
        _refuse_unclear(dossier, list_, [each for each in found if each["dossier"] == dossier])
    return [*whole, *found] if whole else found


def _parts(word: str) -> Json:
    dossier, *rest = word.rsplit(",", 2)
    if len(rest) != 2:
        raise UserError(f"“{word}” is no case.", "Write DOSSIER, or DOSSIER,UNIT,OFFICER.")
    return {"dossier": dossier, "unit": rest[0], "officer": rest[1]}


def _case(found: Json) -> Json:
    return {name: found[name] for name in ("dossier", "unit", "officer")}


def _refuse_unclear(dossier: str, list_: str, found: list[Json]) -> None:
    if not found:
        raise UserError(
            f"Nothing in the list of {list_} that you see is about the dossier {dossier}.",
            f"`dunghen late-list show {list_} --cases all` lists what is.",
        )
    if len(found) > 1:
        each = " or ".join(f"{dossier},{case['unit']},{case['officer']}" for case in found[:5])
        raise UserError(f"Several are charged with the dossier {dossier}.", f"Write {each}.")
