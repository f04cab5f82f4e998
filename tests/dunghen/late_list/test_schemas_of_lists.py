"""The published JSON Schema is that of what is published."""

from __future__ import annotations

import msgspec
import pytest

from documents.late_list.data import Paper, json_of
from dossiers.wire.late_lists import Envelope
from dunghen.schemas.late_lists import LateListFile, late_list_schemas
from tests.dossiers.publication.made_lists import small_list


def test_a_file_is_read_by_the_type_whose_schema_is_published() -> None:
    made = small_list()
    body = json_of(Paper(core=made.core, rows=made.rows, sheet=made.sheet, envelope=Envelope()))
    read = msgspec.json.decode(body, type=LateListFile)
    assert (read.list, read.rows, read.names) == (made.core, made.rows, made.sheet)
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(body.replace(b'"stage":"frozen"', b'"stage":"x"'), type=LateListFile)


def test_a_schema_names_every_field_of_its_file() -> None:
    schemas = late_list_schemas()
    core = schemas["late-list-core"]["$defs"]["ListCore"]["properties"]
    made = small_list()
    assert core.keys() == msgspec.to_builtins(made.core).keys()
    assert all(text["$id"] == f"urn:dunghen:{name}" for name, text in schemas.items())
