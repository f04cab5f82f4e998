"""``dunghen explain``: the API's explanation of one dossier, as tables for a terminal."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from dossiers.unlisted import in_english as not_listed
from dossiers.unlisted import shown_name
from dossiers.wording import in_english
from dunghen.attached import on_stack
from dunghen.context import Context
from dunghen.errors import UserError

_SECONDS = 30.0
_WHOLE = frozenset({"at", "from", "to", "set at", "due", "was", "charged"})  # never broken
_HOUR = 3_600_000
_EPOCH = datetime(1970, 1, 1, tzinfo=ZoneInfo("UTC"))


def run_explain(dossier: str, state: Path | None, *, as_json: bool) -> None:
    """Print the explanation. Raises UserError, also for a dossier that is not there."""
    found, timezone = on_stack(state, partial(_ask, dossier))
    if as_json:
        print(json.dumps(found, ensure_ascii=False))
    else:
        show(found, timezone)


def _ask(dossier: str, here: Context, _note: Callable[[str], None]) -> tuple[Any, str]:
    import httpx

    from dunghen.topics import read_reference

    api = here.endpoints().api
    try:
        with httpx.Client(base_url=api, timeout=_SECONDS, trust_env=False) as http:
            answer = http.get(f"/api/v1/dossiers/{quote(dossier, safe='')}")
    except httpx.HTTPError as error:
        raise UserError(
            f"The API at {api} does not answer ({type(error).__name__}).",
            "Look at `dunghen status`.",
        ) from error
    if answer.status_code == 404:
        raise UserError(
            f"There is no dossier {dossier!r}.",
            "An id is written as its source writes it, or as it is shown: `dunghen status` tells "
            "how many there are.",
        )
    if answer.status_code != 200:
        raise UserError(f"The API at {api} answers {answer.status_code}: {answer.text[:300]}")
    reference = read_reference(here.endpoints().kafka, client=here.client)
    return answer.json(), reference.timezone


def show(found: dict[str, Any], timezone: str) -> None:
    """Print it: the sentence first, then what it rests on."""
    from rich.table import Table
    from rich.text import Text

    from dunghen.output import results

    console = results()
    zone = ZoneInfo(timezone)

    def at(ms: int | None) -> str:
        if ms is None:
            return "-"
        return (_EPOCH + timedelta(milliseconds=ms)).astimezone(zone).strftime("%Y-%m-%d %H:%M")

    def table(title: str, *columns: str) -> Table:
        made = Table(title=title, title_justify="left", box=None, pad_edge=False)
        for column in columns:
            made.add_column(column, overflow="fold", no_wrap=column in _WHOLE)
        return made

    told = found["explanation"]
    console.print(
        Text.assemble((found["id"], "bold"), f"  {told['verdict']}  as of {at(told['as_of'])}")
    )
    console.print(told["sentence_vi"], highlight=False)
    console.print(told["sentence_en"], highlight=False)
    if found["flags"]:
        console.print(f"Flags: {', '.join(found['flags'])}")
    if told["rewritten"]:
        console.print(
            f"Rewritten: {told['unrewritten']} without the changes, "
            f"{told['rewritten']} with all of them"
        )
    line = table("\nTime line", "at", "what", "unit", "officer", "step", "clock", "worked")
    for moment in told["time_line"]:
        what = moment["kind"] + (" (taken back)" if moment["taken_back"] else "")
        line.add_row(
            at(moment["at"]), what, *_whose(moment),
            moment["clock"], in_english(moment["worked"]),
        )  # fmt: skip
    console.print(line)
    dues = table("\nDue times", "set at", "due", "was", "by", "how")
    for due in told["due_times"]:
        by = due["rule"] + (" (rewrite)" if due["rewrite"] else "")
        how = " · ".join(_step(step, at) for step in due["steps"])
        dues.add_row(at(due["at"]), at(due["due_at"]), at(due["was"]), by, how)
    console.print(dues)
    if told["shares"]:
        shares = table(
            "\nWhose hours", "from", "to", "unit", "officer", "step", "limit", "used", "charged",
            "inherited", "made up",
        )  # fmt: skip
        for share in told["shares"]:
            limit = "-" if share["limit"] is None else in_english(share["limit"])
            hours = (in_english(share[name]) for name in ("used", "charge", "inherited", "made_up"))
            span = at(share["start"]), at(share["end"])
            shares.add_row(*span, *_whose(share), limit, *hours)
        charged = sum(share["charge"] for share in told["shares"]) + told["unassigned"]
        shares.add_section()
        shares.add_row("sum", "", "", "", "", "", "", in_english(charged), "", "")
        console.print(shares)
    console.print(
        f"\nMethod {told['method']} ({told['basis'] or 'nothing to split'}), calendar "
        f"{told['calendar'] or 'without a version'}, rules {told['rules'] or 'without a version'}, "
        f"reference {told['reference'][:12]}",
        highlight=False,
    )


def _whose(entry: dict[str, Any]) -> tuple[str, str, str]:
    """Unit, officer and step of a fact or share."""
    unit = shown_name(entry["unit"], "en")
    return unit, not_listed(entry["officer_label"]), not_listed(entry["step"])


def _step(step: dict[str, Any], at: Callable[[int], str]) -> str:
    params = ", ".join(
        f"{name} {_param(name, value, at)}" for name, value in step["params"].items() if value
    )
    return f"{step['code']}{f' ({params})' if params else ''} → {at(step['at'])}"


def _param(name: str, value: Any, at: Callable[[int], str]) -> str:
    if name in ("from", "to"):
        return at(value)
    if name == "amount" and isinstance(value, int) and value >= _HOUR // 60:
        return in_english(value)
    return " ".join(value) if isinstance(value, list) else str(value)
