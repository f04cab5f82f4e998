"""The one table of who may do what. A route that is not here is not answered.

``Gate`` looks a request up here before anything else; ``unruled`` tells which routes of an
application are missing, and ``create_app`` refuses to make an application with such a route.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Literal

from starlette.routing import BaseRoute, Mount, Route, WebSocketRoute, compile_path

from api.access.limits import MOST_BODY
from api.access.paths import WALL_PAGE
from api.access.principal import ROLES, Role
from dossiers.wire.publications import MOST_FILE_BYTES

EVERYBODY = frozenset(ROLES)
READERS = EVERYBODY - {"sender"}  # a sender's key opens nothing but what it posts to
DESKS = frozenset[Role]({"officer", "supervisor", "reform_office", "leader", "admin"})
WALLS = frozenset[Role]({"wall", "supervisor", "reform_office", "leader", "admin"})
OFFICER_DESKS = DESKS - {"leader"}  # whose page of an officer may be open at all
OFFICES = frozenset[Role]({"reform_office", "leader", "admin"})
SENDERS = frozenset[Role]({"sender"})
KEEPERS = frozenset[Role]({"reform_office", "admin"})
QUALITY_READERS = frozenset[Role]({"supervisor", "reform_office", "leader", "admin"})
OPERATORS = frozenset[Role]({"admin"})
WALL_KEEPERS = frozenset[Role]({"supervisor", "admin"})
MONITORS = frozenset[Role]({"admin", "monitor"})

CHARGED = frozenset[Role]({"officer", "supervisor"})  # who explain what is charged to them
REFORMERS = frozenset[Role]({"reform_office"})
SIGNERS = frozenset[Role]({"reform_office", "leader"})
MOST_SIGNED = 64 * 2**20  # bytes of a document that comes back signed
MOST_FORM = MOST_SIGNED + 2**16  # bytes of a form with files
MOST_IN_HAND = 2 * MOST_SIGNED  # bytes of all files for late lists that are on the way here

Noted = Literal["officer", "dossier", "list", "change"]


@dataclass(frozen=True)
class Rule:
    """Who may use one method of one path, as its route writes it.

    ``asked``: whether it matters who asks at all; files that anybody may have need no answer.
    ``page``: a person without a session is shown the way in. ``noted``: what the audit trail
    keeps of it. ``own``: the route checks a secret of its own, roles say nothing. ``most``: bytes
    of a body.
    """

    method: str
    path: str
    roles: frozenset[Role]
    asked: bool = True
    page: bool = False
    noted: Noted | None = None
    own: bool = False
    most: int = MOST_BODY
    pattern: re.Pattern[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        written = compile_path(self.path)[0].pattern
        # Also of a text of several lines: the gate is to see it as what it was typed for.
        object.__setattr__(self, "pattern", re.compile(written, re.DOTALL))

    @property
    def written(self) -> str:
        """The path as the OpenAPI document writes it."""
        return self.path.replace(":path}", "}")

    @property
    def linked(self) -> bool:
        """Whether other sites may lead a person here. Not to files that are saved: for those a
        page of theirs stays open, and could ask on and on."""
        entrance = self.method == "GET" and self.path in _ENTRANCES
        return (self.page or entrance) and not self.saved

    @property
    def saved(self) -> bool:
        """Whether its answer is a file to keep, and no page."""
        return self.path.endswith((".csv", ".xlsx", ".atom")) or self.path.startswith("/letters/")

    @property
    def framed(self) -> bool:
        """Whether the page has a frame of its own, that of the public."""
        return self.path == LATE_LISTS or self.path.startswith(f"{LATE_LISTS}/")

    @property
    def open(self) -> bool:
        """Whether anybody may ask."""
        return "public" in self.roles


WEBSOCKET = "WEBSOCKET"
_ENTRANCES = ("/", "/wall", WALL_PAGE, "/enter", "/sign-in", "/sign-in/callback")
_FILE = "/{path:path}"
LATE_LISTS = "/late-lists"  # and below it: what anybody reads of them


def _api(path: str, roles: frozenset[Role] = DESKS, noted: Noted | None = None) -> Rule:
    return Rule("GET", f"/api/v1/{path}", roles, noted=noted)


def _page(path: str, noted: Noted | None = None) -> Rule:
    return Rule("GET", path, DESKS, page=True, noted=noted)


def _public(path: str) -> Rule:
    """A page or file that anybody reads, led there by any site; the gate counts how often."""
    return Rule("GET", path, READERS, page=True)


def _kept(path: str, noted: Noted | None = None) -> Rule:
    """A page for those who keep the data."""
    return Rule("GET", path, KEEPERS, page=True, noted=noted)


def _file(path: str) -> Rule:
    return Rule("GET", path, READERS, asked=False)


def _step(name: str, roles: frozenset[Role], most: int = MOST_BODY) -> Rule:
    """A step of a late list."""
    path = f"/api/v1/publications/{{list:path}}/{name}"
    return Rule("POST", path, roles, noted="change", most=most)


def _post(path: str) -> Rule:
    return Rule("POST", f"/api/v1/{path}", SENDERS)


def _inner(path: str) -> Rule:
    return Rule("POST", f"/internal/{path}", EVERYBODY, asked=False, own=True)


RULES: tuple[Rule, ...] = (
    Rule("GET", "/", READERS, page=True),
    _file("/wall"),
    _file(WALL_PAGE),
    _file(f"/wall{_FILE}"),
    _file(f"/assets/npm{_FILE}"),
    _file(f"/assets/pages{_FILE}"),
    _file("/assets/tokens.css"),
    _file("/openapi.json"),
    Rule("GET", "/health/live", EVERYBODY, asked=False),
    Rule("GET", "/health/ready", EVERYBODY),
    Rule("GET", "/metrics", MONITORS),
    Rule("GET", "/enter", READERS),
    Rule("POST", "/enter", READERS),
    Rule("GET", "/sign-in", READERS),
    Rule("GET", "/sign-in/callback", READERS),
    Rule("POST", "/sign-out", READERS),
    Rule("GET", "/act-as", READERS),
    Rule("POST", "/act-as", READERS),
    Rule("POST", "/preferences", READERS),
    _api("me", EVERYBODY),
    Rule(WEBSOCKET, "/api/v1/feed", WALLS),
    Rule(WEBSOCKET, "/api/v1/figures", DESKS),
    _api("state", WALLS),
    _api("walls", WALL_KEEPERS),
    _api("walls/{name}", WALL_KEEPERS),
    Rule("PUT", "/api/v1/walls/{name}", WALL_KEEPERS, noted="change"),
    Rule("DELETE", "/api/v1/walls/{name}", WALL_KEEPERS, noted="change"),
    Rule("POST", "/api/v1/walls/{name}/claim", READERS),
    _api("units"),
    _api("units/{unit:path}"),
    _api("officers", noted="list"),
    _api("officers/{officer:path}", noted="officer"),
    _api("dossiers", noted="list"),
    _api("dossiers/{dossier:path}", noted="dossier"),
    _api("alerts", noted="list"),
    _api("roster/{officer:path}", noted="officer"),
    Rule("PUT", "/api/v1/roster/{officer:path}", DESKS, noted="change"),
    _api("alerts/{alert_id}/actions", noted="list"),
    _api("alerts/{alert_id}/deliveries", noted="list"),
    Rule("POST", "/api/v1/alerts/actions", DESKS, noted="change"),
    Rule("POST", "/api/v1/alerts/{alert_id}/actions", DESKS, noted="change"),
    Rule("GET", "/alerts/act/{token}", READERS, page=True),
    Rule("POST", "/alerts/act/{token}", READERS),
    Rule("POST", "/alerts/actions", DESKS, noted="change"),
    Rule("POST", "/alerts/{alert_id}/actions", DESKS, noted="change"),
    _api("publications", noted="list"),
    Rule("POST", "/api/v1/publications", REFORMERS, noted="change"),
    Rule("POST", "/api/v1/publications/files", CHARGED, noted="change", most=MOST_FILE_BYTES),
    _api("publications/files/{sha256}", noted="list"),
    _api("publications/together", noted="list"),
    _api("publications/{list:path}/cases", noted="list"),
    _api("publications/{list:path}/draft", noted="list"),
    _api("publications/{list:path}/drafts/{kind}", OFFICES, "list"),
    _step("effect", REFORMERS),
    _step("explain", CHARGED),
    _step("reply", CHARGED),
    _step("ask", REFORMERS),
    _step("decide", REFORMERS),
    _step("submit", REFORMERS),
    _step("return", SIGNERS),
    _step("approve", SIGNERS),
    _step("publish", SIGNERS),
    _step("correct", REFORMERS),
    _step("reduce", REFORMERS),
    _step("sign", SIGNERS, MOST_SIGNED),
    _api("publications/{list:path}", noted="list"),
    _public("/late-lists"),
    _public("/late-lists/feed.atom"),
    _public("/late-lists/verify"),
    _public("/late-lists/{list:path}/{edition}/{file}"),
    _public("/late-lists/{list:path}"),
    _api("late-lists", READERS),
    _api("late-lists/{list:path}", READERS),
    Rule("GET", "/robots.txt", READERS, asked=False),
    _api("tallies"),
    _api("counts"),
    _api("coverage", OFFICES),
    _api("reference/missing", KEEPERS, "list"),
    _api("sink", OPERATORS),
    _api("dead-letters", OPERATORS, "list"),
    _api("dead-letters/{number}", OPERATORS, "dossier"),
    Rule("POST", "/api/v1/dead-letters/{number}/replay", OPERATORS, noted="change"),
    Rule("POST", "/api/v1/dead-letters/{number}/drop", OPERATORS, noted="change"),
    _page("/unit"),
    Rule("GET", "/design", OPERATORS, page=True),
    _page("/search", "list"),
    Rule("GET", "/walls", WALL_KEEPERS, page=True),
    Rule("GET", "/walls/{name}", WALL_KEEPERS, page=True),
    Rule("POST", "/walls/{name}", WALL_KEEPERS, noted="change"),
    Rule("GET", "/units.csv", DESKS, page=True, noted="list"),
    Rule("GET", "/units.xlsx", DESKS, page=True, noted="list"),
    _page("/units/{unit:path}.csv", "list"),
    _page("/units/{unit:path}.xlsx", "list"),
    _page("/units"),
    _page("/units/{unit:path}", "list"),
    _page("/compare"),
    _page("/overdue"),
    Rule("GET", "/overdue.csv", DESKS, page=True, noted="list"),
    _page("/overdue/{unit:path}.csv", "list"),
    _page("/overdue/{unit:path}", "list"),
    Rule("GET", "/officers/{officer:path}", OFFICER_DESKS, page=True, noted="officer"),
    _page("/alerts", "list"),
    Rule("POST", "/alerts/read", DESKS),
    Rule("GET", "/alerts/quality", QUALITY_READERS, page=True, noted="list"),
    Rule("GET", "/alerts/quality.csv", QUALITY_READERS, page=True, noted="list"),
    _page("/alerts/{alert}", "list"),
    _page("/dossiers", "list"),
    _page("/dossiers.csv", "list"),
    _page("/dossiers.xlsx", "list"),
    _page("/letters/control.pdf/{dossier:path}", "dossier"),
    _page("/letters/control.docx/{dossier:path}", "dossier"),
    _page("/letters/apology.pdf/{dossier:path}", "dossier"),
    _page("/letters/apology.docx/{dossier:path}", "dossier"),
    _page("/dossiers/{dossier:path}", "dossier"),
    _page("/publications", "list"),
    _page("/publications/mine", "officer"),
    _page("/publications/{list:path}/dossiers", "list"),
    _page("/publications/{list:path}/steps", "list"),
    _page("/publications/{list:path}", "list"),
    Rule("POST", "/publications", REFORMERS, noted="change"),
    Rule("POST", "/publications/{list:path}/preview", DESKS, noted="list"),
    Rule("POST", "/publications/{list:path}/{act}", DESKS, noted="change", most=MOST_FORM),
    _page("/me"),
    _page("/me/{officer:path}", "officer"),
    Rule("POST", "/me/{officer:path}", DESKS, noted="change"),
    _kept("/data"),
    _kept("/data/sources"),
    _kept("/data/coverage"),
    _kept("/data/missing", "list"),
    _kept("/data/errors"),
    _kept("/data/reported", "list"),
    _kept("/data/rewritten", "list"),
    _kept("/data/names", "list"),
    _kept("/data/names/dossiers", "list"),
    _kept("/data/texts", "list"),
    _kept("/data/procedures"),
    _kept("/data/steps"),
    _kept("/data/steps/dossiers", "list"),
    _kept("/data/nights"),
    _kept("/data/nights/{night}/{occasion}"),
    _kept("/data/letters", "list"),
    _kept("/data/{part}.csv", "list"),
    Rule("GET", "/data/replay", OPERATORS, page=True, noted="list"),
    Rule("POST", "/data/replay", OPERATORS, noted="change"),
    Rule("GET", "/data/letters/{number}", OPERATORS, page=True, noted="dossier"),
    Rule("POST", "/data/letters/{number}/replay", OPERATORS, noted="change"),
    Rule("POST", "/data/letters/{number}/drop", OPERATORS, noted="change"),
    _post("portal/DongBoHoSoMC"),
    _post("portal/CapNhatTienDoHoSoMC"),
    _post("portal"),
    _post("events"),
    _post("sync-errors"),
    _inner("query"),
    _inner("sink"),
    _inner("ingest"),
    _inner("caught-up"),
    _inner("committed-ends"),
    _inner("queues"),
    _inner("reached"),
)


def rule_for(method: str, path: str) -> tuple[Rule | None, dict[str, str], list[str]]:
    """The rule, the parameters in the path, and the methods that the path has any rule for."""
    wanted = "GET" if method == "HEAD" else method
    methods: list[str] = []
    for rule in RULES:
        found = rule.pattern.match(path)
        if found is None:
            continue
        if rule.method == wanted:
            return rule, found.groupdict(), methods
        methods.append(rule.method)
    return None, {}, methods


def leaves(routes: Iterable[BaseRoute]) -> Iterator[tuple[str, str]]:
    """(method, path) of every route, of routers within routers too."""
    for route in routes:
        inner = getattr(route, "original_router", None)
        if inner is not None:
            yield from leaves(inner.routes)
        elif isinstance(route, WebSocketRoute):
            yield WEBSOCKET, route.path
        elif isinstance(route, Mount):
            yield "GET", f"{route.path}{_FILE}"
        elif isinstance(route, Route):
            for method in sorted((route.methods or {"GET"}) - {"HEAD"}):
                yield method, route.path
        else:
            yield "?", repr(route)


def unruled(routes: Iterable[BaseRoute]) -> list[str]:
    """Routes that the table does not know."""
    known = {(rule.method, rule.path) for rule in RULES}
    return [f"{method} {path}" for method, path in leaves(routes) if (method, path) not in known]
