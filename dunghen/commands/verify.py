"""``dunghen verify``: recount everything and compare."""

from __future__ import annotations

from dunghen.options import JsonOption, StateOption


def verify(state: StateOption = None, json_: JsonOption = False) -> int:
    """Recount all events, in plain batch code and in SQL, and compare with stream and ClickHouse.

    Exit status 1 on any difference.
    """
    from dunghen.verifying import run_verify

    return run_verify(state, as_json=json_)
