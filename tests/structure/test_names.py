"""A class name means one thing in the whole product."""

from __future__ import annotations

import ast
from collections import defaultdict

from tests.structure.code import ROOMS, public

# One thing, seen from two sides.
THE_SAME = {
    "Alert": "the API's view of the record",
    "DossierRecord": "its schema, with the facts decoded",
    "Facts": "its schema, with the facts decoded",
    "DeadLetter": "the API's view of the record",
    "Explanation": "the API's view of the report",
    "DueChange": "the API's view of a line of the report",
    "DueStep": "the API's view of a line of the report",
    "Moment": "the API's view of a line of the report",
    "Share": "the API's view of a line of the report",
    "Officer": "the API's view of the reference data",
    "Unit": "the API's view of the reference data",
}


def test_no_two_classes_share_a_name() -> None:
    places = defaultdict(list)
    for room in ROOMS:
        for name in public(room):
            if isinstance(name.node, ast.ClassDef):
                places[name.node.name].append(name.where)
    shared = {name: where for name, where in places.items() if len(where) > 1}
    assert not {name: where for name, where in shared.items() if name not in THE_SAME}
    assert THE_SAME.keys() <= shared.keys(), "has a name of its own by now"
