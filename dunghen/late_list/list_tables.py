"""Late lists, their cases and what a decision changes, as a terminal shows them."""

from __future__ import annotations

from typing import Any

from rich.table import Table

from dunghen.terminal.output import iso

Json = dict[str, Any]
_DEADLINES = {
    "explaining": "explain_until", "reviewing": "review_until", "submitted": "publish_until",
    "approved": "publish_until",
}  # fmt: skip


def lists_table(lists: list[Json]) -> Table:
    """One line a list."""
    table = _table("list", "edition", "stage", "late", "of", "waiting", "until", "you may")
    for each in lists:
        table.add_row(
            each["id"], str(each["edition"]), each["stage"], _number(each["late"]),
            _number(each["total"]), str(each["cases"].get("pending", 0)), _until(each),
            ", ".join(each["offered"]) or "-",
        )  # fmt: skip
    return table


def list_text(found: Json) -> str:
    """One list."""
    real = " (simulation)" if found["simulation"] else ""
    lines = [
        f"{found['id']}, edition {found['edition']}{real}: {found['stage']}",
        f"  late      {_number(found['late'])} of {_number(found['total'])} dossiers",
        f"  known     until {iso(found['watermark'])}",
        f"  explain   until {iso(found['explain_until'])}",
        f"  review    until {iso(found['review_until'])}",
        f"  publish   until {iso(found['publish_until'])}",
        f"  cases     {', '.join(f'{count} {name}' for name, count in found['cases'].items())}",
        f"  you may   {', '.join(found['offered']) or 'nothing now'}",
    ]
    if found["document_no"]:
        lines.append(f"  document  {found['document_no']} of {found['dated']}")
    lines += [f"  file      {each['name']}  {each['sha256']}" for each in found["files"]]
    return "\n".join(lines)


def together_text(found: Json) -> str:
    """Several months' lists."""
    lines = [
        f"{', '.join(found['lists']) or 'no list'}:",
        f"  late      {_number(found['late'])} dossiers, each once "
        f"({_number(found['added'])} if months were added)",
        f"  repeated  {_number(found['repeated'])} in more than one list",
        f"  done      {_number(found['done'])}, open {_number(found['open'])}",
    ]
    if found["erased"]:
        lines.append(f"  erased    {', '.join(found['erased'])}: nothing of it is counted")
    return "\n".join(lines)


def cases_table(rows: list[Json]) -> Table:
    """One line a case. Days are working days."""
    table = _table("dossier", "unit", "charged", "days", "reason", "said", "decision")
    for row in rows:
        said, decided = row["explanation"], row["decision"]
        table.add_row(
            row["dossier"], row["unit_name"], row["officer_name"] or "-",
            f"{row['amount'] / row['day']:.1f}", said["reason"] if said else "-",
            (said["text"] or "-") if said else "-", _decision(decided, row),
        )  # fmt: skip
    return table


def effects_text(count: int, effects: list[Json]) -> str:
    """What accepting ``count`` cases would change."""
    lines = [f"Accepting {count} changes:"]
    for each in effects:
        who = each["officer_name"] or each["unit_name"] or "the whole list"
        lines.append(f"  {who}: {_change(each)} of {each['total']}{_rates(each)}")
    return "\n".join(lines)


def _change(each: Json) -> str:
    if each["before"] == each["after"]:
        return f"stays at {each['before']}"
    return f"from {each['before']} to {each['after']}"


def _rates(each: Json) -> str:
    before, after = each["rate_before"], each["rate_after"]
    if before is None or after is None or before == after:
        return ""
    return f", {before} % to {after} %"


def _decision(decided: Json | None, row: Json) -> str:
    if decided is None:
        return "waits" if row["pending"] else "-"
    return f"{'accepted' if decided['accepted'] else 'rejected'} ({decided['reason'] or '-'})"


def _until(found: Json) -> str:
    """The deadline that comes next, by how far the list is."""
    name = _DEADLINES.get(found["stage"])
    return iso(found[name]) if name else "-"


def _number(found: int | None) -> str:
    return "-" if found is None else str(found)


def _table(*titles: str) -> Table:
    table = Table(box=None, pad_edge=False)
    for title in titles:
        table.add_column(title, overflow="fold")
    return table
