"""``dunghen schema``: JSON Schema of every record and of late lists, and an AsyncAPI document."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from dossiers.errors import UserError
from dunghen.schemas.documents import asyncapi, record_schemas
from dunghen.schemas.late_lists import late_list_schemas


def schema(
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            metavar="DIR",
            help="Write one file a record, of late lists, and asyncapi.json, into this folder.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Print the AsyncAPI document with the schema of every record, or write files."""
    if out is None:
        print(json.dumps(asyncapi(), indent=2, ensure_ascii=False))
        return
    documents = {**record_schemas(), **late_list_schemas(), "asyncapi": asyncapi()}
    try:
        out.mkdir(parents=True, exist_ok=True)
        for name, document in documents.items():
            path = out / (f"{name}.json" if name == "asyncapi" else f"{name}.schema.json")
            path.write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n", "utf-8")
            print(path)
    except OSError as error:
        raise UserError(
            f"{error.filename or out} cannot be written: {error.strerror or error}.",
            "Give a folder in which this user may write with --out DIR.",
        ) from error
