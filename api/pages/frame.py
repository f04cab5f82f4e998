"""What stands around every page: who reads it, where they can go, how fresh it is."""

from __future__ import annotations

from dataclasses import dataclass

from api.access.principal import PEOPLE, Principal
from api.access.rules import WEBSOCKET, rule_for
from api.asked import Language, Theme
from api.pages.band import FreshnessBand, band_of
from api.pages.navigation import NavLink, links_for, opens
from api.pages.words import Words, words_of
from api.viewer import Viewer
from dossiers.time.calendar import Calendar
from dossiers.wire.reference import Unit

SEARCH = "/search"
SWITCH = "/unit"
FEED = "/api/v1/figures"
PLAN = "/me"
_MOST_UNITS = 1_500  # in the switcher; beyond it one searches


@dataclass(frozen=True)
class PageReader:
    """Who reads. ``mark``: at most two letters for a round badge."""

    name: str
    mark: str
    roles: str
    signed_in: bool
    may_sign_in: bool


@dataclass(frozen=True)
class SwitchChoice:
    """A unit that the reader may switch to; ``label`` is indented by its depth."""

    id: str
    label: str
    selected: bool


@dataclass(frozen=True)
class Frame:
    """``switch``: units of the reader's own subtree, none if there is nothing to switch between.
    ``plan``, ``search``, ``feed``: their paths, "" if the reader has none or may not use them.
    ``acting``: as whom the reader looks (api.access.acting), "" as oneself. ``here``: the address
    of the page itself."""

    centre: str
    mode: str
    timezone: str
    speed: float
    theme: Theme
    release: str
    here: str
    in_other_language: str
    other: Language
    band: FreshnessBand
    nav: tuple[NavLink, ...]
    reader: PageReader
    plan: str
    switch: tuple[SwitchChoice, ...]
    search: str
    feed: str
    refresh: int  # s between two looks at what goes with live numbers
    acting: str


def frame_of(
    viewer: Viewer, lang: Language, calendar: Calendar, active: str = "", unit: str = ""
) -> Frame:
    """``active``: key of the entry of the navigation; ``unit``: the unit that the page is of."""
    words, who, asked = words_of(lang), viewer.principal, viewer.asked
    other: Language = "en" if lang == "vi" else "vi"
    return Frame(
        centre=viewer.view.reference.title or viewer.live.config.title,
        mode=viewer.live.config.mode,
        timezone=viewer.view.reference.timezone,
        speed=1.0 if viewer.live.config.mode == "live" else viewer.view.freshness.speed,
        theme=asked.theme,
        release=viewer.live.pages_release,
        here=asked.address(),
        in_other_language=asked.address(lang=other),
        other=other,
        band=band_of(viewer, words, calendar),
        nav=tuple(links_for(who, words, active, lambda: _unread(viewer))),
        reader=_reader(viewer, words),
        plan=PLAN if _has_plan(who) else "",
        switch=_choices(viewer, unit) if opens(who, SWITCH) else (),
        search=SEARCH if opens(who, SEARCH) else "",
        feed=FEED if _listens(who) else "",
        refresh=_refresh_seconds(asked.path),
        acting=_acting(viewer, words),
    )


def _unread(viewer: Viewer) -> int:
    live = viewer.live
    return live.inboxes.count(viewer.sight, live.moment()).unread if live.view.loaded else 0


def _acting(viewer: Viewer, words: Words) -> str:
    who, labels = viewer.principal, viewer.labels
    if who.means != "acting":
        return ""
    role = next(iter(who.roles))
    if not who.officer:
        return words(f"act_{role}")
    name = labels.officer(who.officer)
    return words("act_bar_head", name=name, unit=labels.unit(who.units[0])) if who.units else name


def _refresh_seconds(path: str) -> int:
    """Seldom where each look is kept in the audit trail."""
    rule, _, _ = rule_for("GET", path)
    return 300 if rule is not None and rule.noted else 60


def _has_plan(who: Principal) -> bool:
    """Whether there is an officer's plan that the reader may see: the own, or their people's."""
    return opens(who, PLAN) and bool(who.officer or "supervisor" in who.roles)


def _listens(who: Principal) -> bool:
    rule, _, _ = rule_for(WEBSOCKET, FEED)
    return rule is not None and bool(who.roles & rule.roles)


def _reader(viewer: Viewer, words: Words) -> PageReader:
    who = viewer.principal
    name = viewer.labels.officer(who.officer) if who.officer else ""
    roles = ", ".join(words(f"role_{role}") for role in PEOPLE if role in who.roles)
    if who.means == "loopback":
        roles = words("reader_loopback")
    letters = "".join(word[0] for word in (name or roles).replace(",", " ").split())
    return PageReader(
        name=name,
        mark=(letters[:1] + letters[-1:]).upper() if len(letters) > 1 else letters.upper(),
        roles=roles or words("role_public"),
        signed_in=who.means == "session",
        may_sign_in=who.means == "none",
    )


def _choices(viewer: Viewer, selected: str) -> tuple[SwitchChoice, ...]:
    """The units of the reader's subtree, each below the one that it belongs to."""
    units = viewer.view.reference.units[:_MOST_UNITS]
    if len(units) < 2:
        return ()
    known = {unit.id for unit in units}
    below: dict[str, list[Unit]] = {}
    for unit in units:
        below.setdefault(unit.parent if unit.parent in known else "", []).append(unit)
    choices: list[SwitchChoice] = []
    left = [(0, unit) for unit in reversed(below.get("", []))]
    seen: set[str] = set()
    while left:
        depth, unit = left.pop()
        if unit.id in seen:  # a circle of parents ends
            continue
        seen.add(unit.id)
        label = "\u00a0\u00a0" * min(depth, 6) + unit.name
        choices.append(SwitchChoice(unit.id, label, unit.id == selected))
        left += [(depth + 1, each) for each in reversed(below.get(unit.id, []))]
    return tuple(choices)
