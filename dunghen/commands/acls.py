"""``dunghen acls``: the rights that each process needs, and no more."""

from __future__ import annotations

from typing import Annotated

import msgspec
import typer

from dunghen.rights import clickhouse, kafka
from dunghen.settings.installation import Installation
from dunghen.terminal.masking import masked
from dunghen.terminal.options import JsonOption, StateOption
from dunghen.timeline.current import require_timeline


def acls(
    state: StateOption = None,
    user_prefix: Annotated[
        str, typer.Option("--user-prefix", help="What the names of the users begin with.")
    ] = "dunghen-",
    json_: JsonOption = False,
) -> None:
    """Print the access rights of each process in Kafka and ClickHouse, for their administrators.

    Needs the timeline: make it with `dunghen topics` first. Changes nothing by itself.
    """
    installation = Installation.find(state)
    timeline = require_timeline(installation)
    found = kafka.rights(timeline.id)
    grants = clickhouse.grants(installation.settings.clickhouse.database, user_prefix)
    if json_:
        print(msgspec.json.encode({"kafka": found, "clickhouse": grants}).decode())
        return
    print("# Kafka: one user for each process; `source` is for imports and `dunghen ingest`,")
    print("# `operator` for `topics`, `reference load`, `verify` and `dead-letters`.")
    print(*kafka.commands(found, masked(installation.endpoints().kafka), user_prefix), sep="\n")
    print("\n-- ClickHouse: give these roles to the users of the processes.")
    print(*grants, sep="\n")
