"""Which definitions of tables a backup may hold.

ClickHouse carries out what stands in its metadata as soon as it starts: a table on a disk elsewhere
makes folders there, one of engine URL or a materialized view sends rows to somebody. Ours are of
the MergeTree family, on the disk of the state folder, and views that read them.
"""

from __future__ import annotations

import re

# In one pass, as ClickHouse reads: what looks like a comment within a text is none.
_TOKEN = re.compile(
    r"""(?P<text>'(?:[^'\\]|\\.)*+(?:'|\\?\Z))
      | (?P<comment>/\*(?:.*?\*/|.*)|--[^\n]*|\#[^\n]*)
      | (?P<quoted>`[^`]*(?:`|\Z)|"[^"]*(?:"|\Z))""",
    re.DOTALL | re.VERBOSE,
)
_ENGINE = re.compile(r"\bengine\b\s*=?\s*(\w*)", re.IGNORECASE)
_ENGINES = re.compile(r"Atomic|(?:Replacing|Summing|Aggregating|Collapsing)?MergeTree")
_NEVER = re.compile(
    r"\b(?:materialized|live|window)\s+view\b|\bdictionary\b|\bfunction\b|\brefresh\b"
    r"|\b(?:disk|storage_policy|table_disk)\b"
    # Table functions: in a view of ours stands a table where something is read from.
    r"|\b(?:from|join)\s+[\w.]+\s*\(|\b(?:file|url|python|dictget\w*|catboostevaluate)\s*\(",
    re.IGNORECASE,
)


def is_definition(path: str) -> bool:
    """Whether ClickHouse would take this entry for a definition."""
    return path.startswith("clickhouse/") and ".sql" in path.rpartition("/")[2]


def is_ours(definition: bytes) -> bool:
    """Whether it defines what a table or view of ours is like, whatever its columns."""
    text = definition.decode("ascii", "replace")
    if not text.isascii() or "$" in text:  # quotes of other kinds, as in $$text$$
        return False
    text = _TOKEN.sub(_plain, text)
    engines = _ENGINE.findall(text)
    return all(map(_ENGINES.fullmatch, engines)) and _NEVER.search(text) is None


def _plain(token: re.Match[str]) -> str:
    if token["text"]:
        return "''"
    if token["comment"]:
        return " "
    name = token["quoted"].strip('`"')
    # With an escape in it, a name may spell anything.
    return "engine" if "\\" in name else name
