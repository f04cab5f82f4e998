"""Small files that unpack to large ones, of every kind that somebody could think of: what an
import holds of them stays within a bound, and sound rows beside them are taken."""

from __future__ import annotations

import gzip
from collections.abc import Iterable, Iterator
from pathlib import Path

from tests.sources.peaks import peaks

MOST_MB = 150  # more than an empty process has; 64 of them are the scratch file's page cache

EVENT = (
    '<event><string key="concept:name" value="x"/>'
    '<date key="time:timestamp" value="2020-01-01T08:00:00Z"/></event>'
)
CASE = '<string key="concept:name" value="{}"/>'
GOOD = f"<trace>{CASE.format('good')}{EVENT}</trace>"
NOTED = EVENT.replace("</event>", f'<string key="note" value="{"n" * 1_000}"/></event>')
KEY = '<string key="{}" value="{}"/>'
MEGA = 1_000_000
HEADER = "case:concept:name,concept:name,time:timestamp,org:resource,org:group,note\n"
CELLS = ["A", "x", "2020-01-01", "o", "u", "n"]


def numbered(form: str, count: int) -> Iterator[str]:
    """``form`` with 0, 1, 2… in its braces, a few thousand at a time."""
    for start in range(0, count, 5_000):
        yield "".join(form.format(n) for n in range(start, min(start + 5_000, count)))


def xes() -> dict[str, Iterable[str]]:
    """By name the parts of a text. Made when they are written: they take 300 MB."""
    return {
        "siblings": [KEY.format("a", "b") * 20_000] * 12,
        "extensions": ['<extension name="a" prefix="b" uri="c"/>' * 20_000] * 10,
        "classifiers": ['<classifier name="a" keys="b"/>' * 20_000] * 10,
        "globals": [f'<global scope="event">{KEY.format("a", "b")}</global>' * 10_000] * 10,
        "depth": ["<list>" * MEGA],
        "an attribute": [
            f'<trace><event><string key="k" value="{"v" * 20 * MEGA}"/></event></trace>'
        ],
        "a key": [f'<trace><event><string key="{"v" * 14 * MEGA}" value="v"/></event></trace>'],
        "a tag": ["<trace><event ", *numbered('a{}="" ', 400_000), "/></trace>"],
        "an event": [
            "<trace><event>",
            *numbered(KEY.format("k{}", "v"), 100_000),
            "</event></trace>",
        ],
        "a trace": ["<trace>", *numbered(KEY.format("k{}", "v"), 100_000), EVENT, "</trace>"],
        "values of a trace": ["<trace>", *[KEY.format("k", "v" * 900_000)] * 30, EVENT, "</trace>"],
        "keys": numbered(
            f"<trace><event>{KEY.format('k' * 500 + '{}', 'v')}</event></trace>", 10_000
        ),
        "names": numbered("<t{}/>", 100_000),
        "a comment": ["<!--", " " * 20 * MEGA, "-->"],
        "blanks": [" " * 20 * MEGA],
        "events in events": ["<trace>", *["<event>" * 90 + "</event>" * 90] * 300, "</trace>"],
        "a long trace": [f"<trace>{CASE.format('large')}", *[NOTED * 1_000] * 16, "</trace>"],
        "long values in an event": [
            f"<trace>{CASE.format('large')}<event>",
            *[KEY.format(f"k{n}", "v" * 900_000) for n in range(20)],
            '<string key="concept:name" value="x"/><date key="time:timestamp" value="2020-01-02"/>',
            "</event></trace>",
        ],
        "long values in a trace": [
            f"<trace>{CASE.format('large')}",
            *[KEY.format(f"k{n}", "v" * 900_000) for n in range(20)],
            EVENT * 100,
            "</trace>",
        ],
        "one value": ["<trace>", KEY.format("k", "v" * 200_000), "<event/>" * 2_000, "</trace>"],
    }


def with_cell(place: int, cell: str) -> str:
    return ",".join([*CELLS[:place], cell, *CELLS[place + 1 :]]) + "\n"


def csv() -> dict[str, Iterable[str]]:
    """The same of the other format."""
    return {
        "a field": ["A,x,2020-01-01,o,u,", "v" * 20 * MEGA, "\n"],
        "a quoted field": ['A,x,2020-01-01,o,u,"', "v" * 20 * MEGA, '"\n'],
        "a field over lines": ['A,x,2020-01-01,o,u,"', ("v" * 99_999 + "\n") * 300, '"\n'],
        "columns": ["a," * 2 * MEGA + "\n"] * 8,
        "quoted columns": ['"a",' * MEGA + "\n"] * 8,
        "wide characters": [with_cell(5, "v" * 5 * MEGA + "\U0001f600")] * 3,
        "equal rows": [with_cell(0, "A") * 20_000] * 2,
        "zeros": ["\0" * 20 * MEGA],
        "line ends": ["\r" * MEGA],
        **{
            f"long values in column {place}": numbered(with_cell(place, "{}" + "y" * 100_000), 300)
            for place in range(6)
        },
        **{
            f"values in column {place}": numbered(with_cell(place, "{}" + "ỹ" * 180), 3_000)
            for place in range(6)
        },
    }


def test_no_file_takes_more_than_its_share_of_memory(tmp_path: Path) -> None:
    paths = []
    for kind, family, head in (
        ("xes", xes(), f"<log>{GOOD}"),
        ("csv", csv(), HEADER + with_cell(0, "A")),
    ):
        for name, parts in family.items():
            paths.append(tmp_path / f"{name}.{kind}.gz")
            with gzip.open(paths[-1], "wt", compresslevel=1, encoding="utf-8") as file:
                file.write(head)
                file.writelines(parts)
    assert max(path.stat().st_size for path in paths) < 4 * MEGA
    found = peaks(paths)
    assert [name for name, *_ in found] == [path.name for path in paths]
    assert [name for name, read, _ in found if not read] == []
    rows = {name.partition(".")[0]: count for name, count, _ in found}
    # Sound traces of 18 MB are read to their end.
    assert (rows["a long trace"], rows["long values in an event"]) == (16_001, 2)
    assert {name: peak for name, _, peak in found if peak > MOST_MB} == {}
