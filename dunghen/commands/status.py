"""``dunghen status``: processes, lag, watermark, sources, dead letters, table sizes."""

from __future__ import annotations

import json
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from dunghen.settings.installation import Installation
from dunghen.status.gathering import gather
from dunghen.terminal.options import JsonOption, StateOption
from dunghen.terminal.output import iso, results


def status(state: StateOption = None, json_: JsonOption = False) -> None:
    """Show how the stack is doing."""
    found = gather(Installation.find(state))
    if json_:
        print(json.dumps(found, ensure_ascii=False))
    else:
        print_status(found)


def print_status(found: dict[str, Any]) -> None:
    """Print what ``dunghen.status.gathering.gather`` found."""
    console = results()
    _print_timeline(console, found)
    columns = ("pid", "state", "restarts", "memory_mb")
    _table(console, "process", columns, found["processes"], "name")
    _lag(console, found["lag"])
    rows = [{**s, "age": f"{s['age_ms'] / 1000:,.0f} s"} for s in found["sources"] or []]
    _table(console, "source", ("age",), rows, "id")
    _print_ingest(console, found["ingest"])
    rows = [
        {**q, "held": f"{q['held']:,.0f}", "most": f"{q['most']:,.0f}"}
        for q in found["queues"] or []
    ]
    _table(console, "queue", ("held", "most"), rows, "name")
    if found["dead_letters"] is not None:
        _print_dead_letters(console, found["dead_letters"])
    rows = [{**each, "at": iso(each["at"])} for each in found.get("unreached") or []]
    _table(console, "not reached", ("channel", "at", "why"), rows, "receiver")
    if found["verified"] is not None:
        console.print(_verified(found["verified"]))
    rows = [
        {**t, "rows": f"{t['rows']:,}", "MB": f"{t['bytes'] / 1e6:,.1f}"}
        for t in found["tables"] or []
    ]
    _table(console, "table", ("rows", "MB"), rows, "table")
    for problem in found["problems"]:
        console.print(Text(f"! {problem}", style="yellow"), soft_wrap=True)


def _print_timeline(console: Console, found: dict[str, Any]) -> None:
    timeline = found["timeline"]
    running = "running" if found["running"] else "not running"
    console.print(Text.assemble((f"{running:<9}  ", "bold"), found["state"]), soft_wrap=True)
    if timeline:
        label = f" ({timeline['label']})" if timeline.get("label") else ""
        console.print(
            f"timeline   {timeline['kind']}{label}, {timeline['partitions']} partitions, "
            f"{timeline['id']}"
        )
    if found["endpoints"]:
        console.print(f"wall       {found['endpoints']['api']}/wall")
        console.print(f"kafka      {found['endpoints']['kafka']}")
    if found["watermark"]:
        age = found["watermark_age_ms"]
        behind = f", {age / 1000:.1f} s ago" if age is not None else ""
        console.print(f"watermark  {iso(found['watermark'])}{behind}")


def _print_ingest(console: Console, ingest: dict[str, Any] | None) -> None:
    if not ingest:
        return
    console.print(f"\n{_waiting(ingest)}")
    if ingest.get("missing_names") or ingest.get("missing_codes"):
        console.print(_missing(ingest))


def _print_dead_letters(console: Console, letters: dict[str, Any]) -> None:
    reasons = ", ".join(f"{reason} {n:,}" for reason, n in letters["reasons"].items())
    console.print(
        f"\ndead letters  {letters['count']:,} open"
        + (f" ({reasons})" if reasons else "")
        + f", {letters['replayed']:,} replayed, {letters['dropped']:,} dropped"
    )
    for sender, counts in list(letters["by_sender"].items())[:5]:
        most = ", ".join(f"{reason} {n:,}" for reason, n in counts.items())
        console.print(f"  from {sender or '(no source)'}: {most}", highlight=False, markup=False)


def _verified(last: dict[str, Any]) -> str:
    """The last recount on record."""
    how = "by hand" if last["occasion"] == "hand" else f"for the night of {last['night']}"
    told = {
        "equal": f"no difference in {last['compared']:,} comparisons",
        "different": f"{last['differences']:,} differences in {last['compared']:,} comparisons",
        "failed": f"came to no end: {last['problem']}",
    }[last["outcome"]]
    seconds = last["duration_ms"] / 1000
    return f"\nrecounted     {iso(last['at'])} {how}, {seconds:,.0f} s: {told}"


def _waiting(ingest: dict[str, Any]) -> str:
    """What was posted and is not in Kafka."""
    line = f"posted  {ingest['in_flight_records']:,} records on their way to Kafka"
    if "spool_records" in ingest:
        share = ingest["spool_bytes"] / max(ingest["spool_limit_bytes"], 1)
        line += f", {ingest['spool_records']:,} wait on disk ({share:.0%} of its bound)"
    if ingest.get("oldest_unsent_seconds"):
        line += f", the oldest for {ingest['oldest_unsent_seconds']:,.0f} s"
    return line


def _missing(ingest: dict[str, Any]) -> str:
    names, codes = ingest["missing_names"], ingest["missing_codes"]
    return (
        f"not in the reference data: {names:,.0f} names and {codes:,.0f} codes that senders use "
        "(`dunghen reference missing`)"
    )


def _lag(console: Console, lag: dict[str, Any] | None) -> None:
    if lag is None:
        return
    rows = [
        {"topic": topic, "lag": "  ".join(f"{p}:{n:,}" for p, n in lag[topic].items())}
        for topic in ("dossier-events", "partial-tallies")
        if lag[topic] is not None
    ]
    for topic in lag["sink"] or []:
        count = "?" if topic["lag"] is None else f"{topic['lag']:,}"
        rows.append({"topic": f"{topic['topic']} -> ClickHouse", "lag": count})
    _table(console, "lag of", ("lag",), rows, "topic")


def _table(
    console: Console, title: str, columns: tuple[str, ...], rows: list[dict[str, Any]], key: str
) -> None:
    if not rows:
        return
    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column(title)
    for column in columns:
        table.add_column(column, justify="left" if column in ("state", "lag") else "right")
    for row in rows:
        table.add_row(str(row[key]), *("" if row[c] is None else str(row[c]) for c in columns))
    console.print()
    console.print(table)
