"""What each role sees of units, officers and dossiers that are not its own: nothing."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from api.access.principal import Principal
from api.access.reach import EVERYTHING, NOTHING, Reach, below, reach_of, within
from dossiers.tallies.vector import FIELD
from dossiers.wire.keys import ALL
from dossiers.wire.reference import Officer, Reference, Unit
from tests.api.access.callers import Guarded, person
from tests.api.city import HOUR, START

# Who may see unit u1 at most; what is of unit u/2 must not appear to them.
OF_U1: dict[str, str | Principal] = {
    "supervisor": person("supervisor", units=("u1",)),
    "officer": person("officer", officer="o1"),
    "supervisor without a unit": person("supervisor"),
    "officer without an id": person("officer"),
    "officer who is nobody": person("officer", officer="unknown-officer-id"),
    "supervisor of nowhere": person("supervisor", units=("nowhere", "")),
}
SECRETS = ("over-2", "wait-1", "open-1", "Đỗ Văn An", "Đ.V.A.", '"o2"', 'unknown-officer"')


async def get(http: httpx.AsyncClient, path: str) -> Any:
    answer = await http.get(path)
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.mark.asyncio
@pytest.mark.parametrize("who", OF_U1)
@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/units/u%2F2", "/api/v1/officers/o2", "/api/v1/dossiers/over-2",
        "/api/v1/dossiers/open-1", "/dossiers/over-2", "/dossiers/wait-1", "/units/u%2F2",
        "/units/u%2F2.csv", "/api/v1/tallies?scope=unit:u%2F2",
        "/api/v1/tallies?scope=officer:o2",
        "/api/v1/tallies", "/api/v1/tallies?scope=unit:city", "/api/v1/officers/unknown-officer",
        "/api/v1/tallies?scope=nothing", "/units/city",
    ],
)  # fmt: skip
async def test_ids_of_others_are_as_unknown_as_ids_of_nobody(
    guard: Guarded, who: str, path: str
) -> None:
    async with guard.client(OF_U1[who]) as http:
        answer = await http.get(path)
        none = await http.get(path.replace("u%2F2", "none").replace("o2", "none"))
    assert answer.status_code == 404, answer.text
    assert none.status_code == 404
    for secret in SECRETS:
        if secret.strip('"') not in path:
            assert secret not in answer.text


@pytest.mark.asyncio
@pytest.mark.parametrize("who", OF_U1)
@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/units", "/api/v1/units?parent=city", "/api/v1/officers",
        "/api/v1/officers?unit=u%2F2", "/api/v1/dossiers", "/api/v1/dossiers?unit=u%2F2",
        "/api/v1/dossiers?unit=city", "/api/v1/dossiers?officer=o2", "/api/v1/alerts",
        "/api/v1/alerts?unit=u%2F2", "/api/v1/counts", "/api/v1/counts?source=stream", "/units",
        "/dossiers.csv",
    ],
)  # fmt: skip
async def test_lists_hold_nothing_of_others(guard: Guarded, who: str, path: str) -> None:
    async with guard.client(OF_U1[who]) as http:
        answer = await http.get(path)
    assert answer.status_code == 200
    for secret in SECRETS:
        assert secret not in answer.text
    assert '"u/2"' not in answer.text
    assert "u%2F2" not in answer.text
    assert answer.headers["cache-control"] == "private, no-store"


@pytest.mark.asyncio
async def test_a_supervisor_sees_the_own_unit_whole(guard: Guarded) -> None:
    async with guard.client("supervisor") as http, guard.client("admin") as all_:
        mine = await get(http, "/api/v1/units/u1")
        assert mine == await get(all_, "/api/v1/units/u1")
        for path in ("/api/v1/dossiers", "/api/v1/alerts", "/api/v1/counts"):
            narrowed, of_unit = await get(http, path), await get(all_, path + "?unit=u1")
            if path.endswith("counts"):
                assert narrowed["dossiers"] == of_unit["units"]["u1"]
                assert set(narrowed["units"]) == {"u1"}
            else:
                kind = path.rpartition("/")[2]
                assert [e.get("id", e.get("alert_id")) for e in narrowed[kind]] == [
                    e.get("id", e.get("alert_id")) for e in of_unit[kind]
                ]
                assert narrowed[kind]
        stream, stored = [
            await get(http, f"/api/v1/counts?source={source}")
            for source in ("stream", "clickhouse")
        ]
        assert stream["dossiers"] == stored["dossiers"]
        assert (await http.get("/api/v1/tallies?scope=unit:u1")).status_code == 200
        table = (await http.get("/dossiers.csv?unit=u1&standing=overdue")).text
        assert "over-1" in table
        assert "over-2" not in table


@pytest.mark.asyncio
async def test_units_below_are_seen_and_those_above_are_not(guard: Guarded) -> None:
    async with guard.client(person("supervisor", units=("city",))) as http:
        ids = [unit["id"] for unit in (await get(http, "/api/v1/units"))["units"]]
        assert ids == ["city", "u/2", "u1"]
        assert len((await get(http, "/api/v1/dossiers"))["dossiers"]) == 7
        counts = (await get(http, "/api/v1/counts"))["dossiers"]
        assert counts["total"] == 7, "a unit named with one below it counts no dossier twice"
    twice = person("supervisor", units=("u1", "city", "u/2"))
    async with guard.client(twice) as http:
        assert (await get(http, "/api/v1/counts"))["dossiers"]["total"] == 7
        assert (await get(http, "/api/v1/counts?source=stream"))["dossiers"]["total"] == 7


@pytest.mark.asyncio
async def test_an_officer_sees_the_own_dossiers_and_the_figures_of_the_own_unit(
    guard: Guarded,
) -> None:
    async with guard.client("officer") as http:
        assert [o["id"] for o in (await get(http, "/api/v1/officers"))["officers"]] == ["o1"]
        assert (await get(http, "/api/v1/officers/o1"))["label"] == "Nguyễn Thị Hoa"
        ids = {d["id"] for d in (await get(http, "/api/v1/dossiers?unit=u1"))["dossiers"]}
        assert ids == {"late-1", "early-1", "over-1"}, "not the colleague's in the same unit"
        assert (await http.get("/api/v1/dossiers/=cmd%7C' %2FC calc'!A0")).status_code == 404
        unit = await get(http, "/api/v1/units/u1")
        assert unit["figures"]["overdue"] == 2
        assert (await http.get("/api/v1/tallies?scope=officer:o1")).status_code == 200
        assert (await get(http, "/api/v1/counts"))["dossiers"]["total"] == 3
        page = await http.get("/dossiers?unit=u1&standing=overdue")
        assert "over-1" in page.text
        assert "=cmd" not in page.text


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("who", "full"),
    [
        ("officer", {"o1"}), ("supervisor", {"o1"}), ("reform_office", {"o1", "o2"}),
        ("leader", set()), ("admin", set()),
    ],
)  # fmt: skip
async def test_full_names_are_for_oneself_the_superior_and_the_reform_office(
    guard: Guarded, who: str, full: set[str]
) -> None:
    names = {"o1": ("Nguyễn Thị Hoa", "N.T.H."), "o2": ("Đỗ Văn An", "Đ.V.A.")}
    dossiers = {"o1": "over-1", "o2": "over-2"}
    async with guard.client(who) as http:
        for officer, (name, initials) in names.items():
            pages = [
                await http.get(f"/api/v1/officers/{officer}"),
                await http.get(f"/api/v1/dossiers/{dossiers[officer]}"),
                await http.get(f"/dossiers/{dossiers[officer]}"),
            ]
            for page in pages:
                if page.status_code == 404:
                    assert who in ("officer", "supervisor")
                    continue
                assert (name in page.text) == (officer in full), (who, officer)
                assert (initials in page.text) == (officer not in full), (who, officer)
        if who in ("reform_office", "leader", "admin"):
            table = (await http.get("/dossiers.csv")).text
            assert ("Đỗ Văn An" in table) == ("o2" in full)


@pytest.mark.asyncio
async def test_reasons_for_not_being_ready_name_servers_to_operators_only(
    guard: Guarded, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guard.live.reader, "error", "broker-3.internal:9092 is down")
    for who, told in (("public", False), ("leader", False), ("monitor", True), ("admin", True)):
        async with guard.client(who) as http:
            answer = await http.get("/health/ready")
        assert answer.status_code == 503
        assert ("broker-3" in answer.text) == told
        assert "Kafka" in answer.text


DEEP = Reference(
    units=(
        Unit(id="p", name="p"),
        Unit(id="a", name="a", parent="p"),
        Unit(id="a1", name="a1", parent="a"),
        Unit(id="b", name="b", parent="p"),
        Unit(id="x", name="x", parent="y"),
        Unit(id="y", name="y", parent="x"),
    ),
    officers=(Officer(id="o", name="o", unit="a1"), Officer(id="q", name="q", unit="b")),
)


def test_below_goes_down_only_and_ends() -> None:
    assert below(["a"], DEEP) == {"a", "a1"}
    assert below(["p"], DEEP) == {"p", "a", "a1", "b"}
    assert below(["x"], DEEP) == {"x", "y"}
    assert below([""], DEEP) == set()
    assert below(["unheard-of"], DEEP) == {"unheard-of"}


def test_several_roles_add_up_and_count_no_dossier_twice() -> None:
    roles = frozenset({"supervisor", "officer"})
    both = Principal("x", roles, "session", ("a",), "q")  # type: ignore[arg-type]
    found = within(reach_of(both, roles), DEEP)  # type: ignore[arg-type]
    assert found.scopes == ("unit:a", "officer:q")
    assert found.officers == {"o", "q"}
    assert found.counted == {"a", "a1", "b"}
    assert found.units == {"a", "a1"}
    inside = within(Reach(units=frozenset({"a"}), officer="o"), DEEP)
    assert inside.scopes == ("unit:a",), "the own dossiers are among those of the unit"


def test_a_role_that_the_route_does_not_allow_adds_nothing() -> None:
    who = Principal("x", frozenset({"officer", "admin"}), "session", (), "o")
    assert reach_of(who, frozenset({"officer"})) == Reach(officer="o")
    assert reach_of(who, frozenset({"wall"})) == NOTHING
    assert reach_of(who, frozenset({"officer", "admin"})).whole
    assert reach_of(person("admin"), frozenset({"admin"})) == EVERYTHING


@pytest.mark.asyncio
async def test_the_sum_of_a_part_is_that_of_its_units(guard: Guarded) -> None:
    view = guard.live.view
    reach = Reach(units=frozenset({"u1", "u/2"}))
    part = guard.live.view_of(reach)
    assert part.tallies[ALL].vector == view.tallies[ALL].vector
    assert part.value(ALL, "overdue") == view.tallies[ALL].vector[FIELD["overdue"]] == 3
    assert part.watermark == view.watermark == START + 2 * HOUR
    assert view.reference is view.context.reference, "the view of everybody is as it was"
