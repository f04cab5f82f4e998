"""``dunghen reference missing``: what senders name and the reference data lacks, and what to do."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
from rich.table import Table

from dossiers.errors import UserError
from dossiers.reference.unlisted import in_english
from dunghen.access.config import admin_token
from dunghen.settings.installation import Installation
from dunghen.stack.attached import on_stack
from dunghen.terminal.output import iso, results

_SECONDS = 30.0
_ADVICE = {
    "unit": "units.csv: its own row, or the column name or short of the unit that is meant",
    "officer": "officers.csv: a row with this name and the officer's unit",
    "step": "steps.csv: the column aliases of the step that is meant",
    "procedure": "procedures.csv: a row with this id",
}


def run_missing(state: Path | None, *, as_json: bool) -> None:
    """Print it. Raises UserError."""
    found = on_stack(state, _ask)
    if as_json:
        print(json.dumps(found, ensure_ascii=False))
        return
    listed = [*found["names"], *found["codes"]]
    if not listed:
        print("The reference data has every name and code that came.")
        return
    _show(listed)


def _show(listed: list[dict[str, Any]]) -> None:
    console = results()
    table = Table(box=None, pad_edge=False)
    for title in ("what", "sent as", "shown as", "records", "last"):
        table.add_column(title, overflow="fold", justify="right" if title == "records" else "left")
    for each in listed:
        table.add_row(
            each["kind"], each["text"], in_english(each["shown"]), f"{each['records']:,}",
            iso(each["last"]),
        )  # fmt: skip
    console.print(table)
    print("\nWhere each belongs, if it is one of yours (then `dunghen reference load DIR`):")
    for kind in dict.fromkeys(each["kind"] for each in listed):
        print(f"  {kind:<9} {_ADVICE[kind]}")


def _ask(installation: Installation, _note: Callable[[str], None]) -> dict[str, Any]:
    """Over HTTP, so that it is in the audit trail who looked."""
    api = installation.endpoints().api
    token = admin_token(installation)
    if not api:
        raise UserError(
            "The API of this Kafka runs elsewhere, and the list is there.",
            "Ask it for /api/v1/reference/missing, signed in as admin or reform_office.",
        )
    try:
        with httpx.Client(base_url=api, timeout=_SECONDS, trust_env=False) as http:
            answer = http.get(
                "/api/v1/reference/missing", headers={"Authorization": f"Bearer {token}"}
            )
    except httpx.HTTPError as error:
        raise UserError(
            f"The API at {api} does not answer ({type(error).__name__}).",
            "Look at `dunghen status`.",
        ) from error
    if answer.status_code == 409:
        raise UserError("This is no live timeline: names are kept there as they come.")
    if answer.status_code != 200:
        raise UserError(f"The API at {api} answers {answer.status_code}.")
    found: dict[str, Any] = answer.json()
    return found
