"""Which definitions of tables a backup may hold.

ClickHouse carries out what stands in its metadata as soon as it starts: a table on a disk elsewhere
makes folders there, one of engine URL or a materialized view sends rows to somebody. Ours are of
the MergeTree family, on the disk of the state folder, and views that read them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

# In one pass, as ClickHouse reads: what looks like a comment within a text is none.
_TOKEN = re.compile(
    r"""(?P<text>'(?:[^'\\]|\\.)*+(?:'|\\?\Z))
      | (?P<comment>/\*(?:.*?\*/|.*)|--[^\n]*|\#[^\n]*)
      | (?P<quoted>`[^`]*(?:`|\Z)|"[^"]*(?:"|\Z))""",
    re.DOTALL | re.VERBOSE,
)
_ENGINE = re.compile(r"\bengine\b\s*=?\s*(\w*)", re.IGNORECASE)
_ENGINES = re.compile(r"Atomic|(?:Replacing|Summing|Aggregating|Collapsing)?MergeTree")
# What stands before a bracket. Types, codecs, indexes and engines do; ours call no function but
# identity and read from no table function: ClickHouse has many that open files, connections and
# programs.
_LAST = re.compile(r"(?<!\w)\w*\Z")
_CALLS = re.compile(
    r"|by|key|codec|zstd|lz4|lz4hc|delta|doubledelta|gorilla|t64|array|map|tuple|nullable"
    r"|lowcardinality|fixedstring|datetime|datetime64|decimal\d*|enum\d*"
    r"|simpleaggregatefunction|identity|bloom_filter|set"
    r"|(?:replacing|summing|aggregating|collapsing)?mergetree",
    re.IGNORECASE,
)
# Of an index only these, of a column as it is: an expression might call a function.
_INDEX = re.compile(
    r"\bindex\s++\w++\s++\w++\s++type\s++(?:minmax|set\s*+\(\d++\)|bloom_filter\s*+\([\d.]++\))"
    r"\s++granularity\s++\d++",
    re.IGNORECASE,
)
_OTHER_INDEX = re.compile(r"\bindex\b", re.IGNORECASE)
# A word alone is no statement: it defines nothing.
_KIND = re.compile(
    r"\s*+(?:attach\s+(?:table|view|database)\b.*|\w*+\s*)", re.DOTALL | re.IGNORECASE
)
_NEVER = re.compile(
    r"\b(?:materialized|live|window)\s+view\b|\bdictionary\b|\bfunction\b|\brefresh\b"
    r"|\b(?:disk|storage_policy|table_disk)\b",
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
    bare = _INDEX.sub(" ", text)
    return (
        _KIND.fullmatch(text) is not None
        and all(map(_ENGINES.fullmatch, _ENGINE.findall(text)))
        and all(map(_CALLS.fullmatch, _before_brackets(bare)))
        and _OTHER_INDEX.search(bare) is None
        and _NEVER.search(text) is None
    )


def _before_brackets(text: str) -> Iterator[str]:
    """The word before each opening bracket, of a very long one the end."""
    for piece in text.split("(")[:-1]:
        found = _LAST.search(piece.rstrip()[-50:])
        yield found[0] if found else ""


def _plain(token: re.Match[str]) -> str:
    if token["text"]:
        return "''"
    if token["comment"]:
        return " "
    name = token["quoted"].strip('`"')
    # With an escape in it, a name may spell anything.
    return " engine " if "\\" in name else f" {name} "  # no blank is needed around quotes
