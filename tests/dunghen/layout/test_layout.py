"""`dunghen layout`: neighbours stay near, and of units.csv nothing but x and y changes."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dossiers.errors import UserError
from dunghen.commands.layout import layout
from dunghen.layout.coordinates import Located, from_file, from_package, matched
from dunghen.layout.placing import grid_for, places
from dunghen.layout.units_csv import rows, with_places

HEAD = "id,name,kind,x,y,note\r\n"
UNITS = (
    "\ufeff" + HEAD + "H,Tỉnh Thử,province,,,\r\n"
    'A,"Xã ""Bắc"", một",commune,0.5, 0.25 ,"a, b"\r\n'
    "B,Xã Nam,commune,,,\r\n"
    "C,Phường Đông,commune,,,\r\n"
    "D,Sở Nào,department,,,keep\r\n"
    "E,Xã Không Đâu,commune,0.1,0.2,"
)
WHERE = "id,lat,lon\nA,21.5,105.0\nB,20.5,105.1\nC,21.0,106.0\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "units.csv").write_bytes(UNITS.encode())
    (tmp_path / "where.csv").write_text(WHERE, "utf-8")
    return tmp_path


def test_the_file_keeps_everything_but_places(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = folder / "units.csv"
    layout(folder, coordinates=folder / "where.csv", check=True)
    assert path.read_bytes() == UNITS.encode(), "--check changes nothing"
    assert "3 of 4 units have a place on 2 x 2 tiles" in capsys.readouterr().out
    layout(folder, coordinates=folder / "where.csv", json_=True)
    said = json.loads(capsys.readouterr().out)
    assert said == {"placed": 3, "changed": ["A", "B", "C"], "missing": ["E"]}
    found = path.read_bytes().decode()
    assert found.splitlines()[3:] == [
        "B,Xã Nam,commune,0,1,", "C,Phường Đông,commune,1,0,", "D,Sở Nào,department,,,keep",
        "E,Xã Không Đâu,commune,0.1,0.2,",
    ]  # fmt: skip
    assert found.startswith("\ufeff" + HEAD)
    assert 'A,"Xã ""Bắc"", một",commune,0,0,"a, b"\r\n' in found
    layout(folder, coordinates=folder / "where.csv", json_=True)
    assert json.loads(capsys.readouterr().out)["changed"] == []


CELL = st.text(alphabet='ab ,;"\n\r\tăđ', max_size=6)


@given(cells=st.lists(st.tuples(CELL, CELL), min_size=1, max_size=4), end=st.sampled_from("\n\r"))
def test_any_other_cell_stays_byte_for_byte(cells: list[tuple[str, str]], end: str) -> None:
    def quoted(cell: str) -> str:
        return '"' + cell.replace('"', '""') + '"'

    def table(of: dict[int, tuple[str, str]]) -> str:
        lines = ["name;id;x;y;note"]
        lines += [
            f"{quoted(name)};u{n};{';'.join(of.get(n, ('', '')))};{quoted(note)}"
            for n, (name, note) in enumerate(cells)
        ]
        return end.join(lines) + end

    changed = with_places(table({}).encode(), {"u0": (0.25, 1.0)})
    assert changed.decode() == table({0: ("0.25", "1")})
    assert [row["name"] for row in rows(changed)] == [name.strip() for name, _ in cells]


def test_missing_columns_are_added_at_the_right() -> None:
    assert with_places(b"id,name\nA,Mot\nB,Hai\n", {"B": (0.5, 1.0)}) == (
        b"id,name,x,y\nA,Mot,,\nB,Hai,0.5,1\n"
    )


def test_more_tiles_than_can_be_placed_are_refused(folder: Path) -> None:
    units = "".join(f"u{n},Xã {n},commune\n" for n in range(5_001))
    (folder / "units.csv").write_text("id,name,kind\n" + units, "utf-8")
    with pytest.raises(UserError, match="has 5,001 tiles, at most 5,000"):
        layout(folder, coordinates=folder / "where.csv")


def test_neighbours_stay_near_and_north_is_above() -> None:
    assert grid_for(168) == (14, 12)
    points = [(20 + row / 10, 105 + column / 10) for row in range(6) for column in range(7)]
    placed = dict(zip(points, places(points), strict=True))
    assert len(set(placed.values())) == len(points)
    assert placed[20.5, 105.0] == (0.0, 0.0)
    for (latitude, longitude), (x, y) in placed.items():
        assert x == pytest.approx((longitude - 105) * 10 / 6, abs=1e-3)
        assert y == pytest.approx(1 - (latitude - 20) * 10 / 5, abs=1e-3)


def test_a_crowded_centre_is_spread_out() -> None:
    crowd = [(21 + n / 10_000, 105 + n % 5 / 10_000) for n in range(40)]
    far = [(10.0, 104.0), (23.0, 108.0)]
    xs = sorted({x for x, _ in places([*crowd, *far])})
    assert len(xs) == grid_for(42)[0], "every column is used"


def test_units_are_found_by_code_then_name_then_name_without_rank() -> None:
    known = [
        Located("Xã Tân An", 1, 1, ("101",), "p"),
        Located("Xã Tân An", 2, 2, ("202",), "q"),
        Located("Phường Hòa Bình", 3, 3, ("102",), "p"),
        Located("Xã Mỹ Thọ", 4, 4, ("103",), "p"),
        Located("Xã Mỹ Thơ", 5, 5, ("104",), "p"),
    ]

    def found(**unit: str) -> tuple[float, float] | None:
        home = {"id": "h", "name": "Phường Hoà Bình"}  # of province p, in the older spelling
        units = [{"id": "x", **unit}, {**home, "name": "phường  Hòa Bình"}]
        return matched(units, known).get(unit.get("id", "x"))

    assert found(id="202", name="whatever") == (2, 2)
    assert found(madonvi="104", name="whatever") == (5, 5)
    assert found(name="Xã Tân An") == (1, 1), "in the province of the others"
    assert found(name="P. Hoa Binh") == (3, 3)
    assert found(name="Xa My Tho") is None, "which of two?"


def test_coordinates_that_are_none_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "where.csv"
    for text in ("id,lat\nA,1\n", "id,lat,lon\nA,91,1\n", "id,lat,lon\nA,x,1\n", "\n"):
        path.write_text(text, "utf-8")
        if text.strip():
            with pytest.raises(UserError):
                from_file(path)


def test_without_the_package_it_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dunghen.layout.coordinates.find_spec", lambda _: None)
    with pytest.raises(UserError, match="not installed") as error:
        from_package()
    assert "requirements/layout.txt" in error.value.hint


def test_units_of_the_simulated_city_have_places(tmp_path: Path) -> None:
    """Each commune gets a cell of its own, wherever the file says that it lies."""
    source = Path("sources/simulator/reference/units.csv").read_bytes()
    units = [row for row in rows(source) if row["kind"] == "commune"]
    where = tmp_path / "where.csv"
    with where.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file)
        table.writerow(("name", "lat", "lon"))
        table.writerows((u["name"], 22 - float(u["y"]), 105 + float(u["x"])) for u in units)
    found = matched(units, from_file(where))
    assert len(set(places(list(found.values())))) == len(units) == len(found)
