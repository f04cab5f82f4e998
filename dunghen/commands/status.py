"""``dunghen status``: processes, lag, watermark, sources, dead letters, table sizes."""

from __future__ import annotations

import json

from dunghen.settings.installation import Installation
from dunghen.status.gathering import gather
from dunghen.status.page import print_status
from dunghen.terminal.options import JsonOption, StateOption


def status(state: StateOption = None, json_: JsonOption = False) -> None:
    """Show how the stack is doing."""
    found = gather(Installation.find(state))
    if json_:
        print(json.dumps(found, ensure_ascii=False))
    else:
        print_status(found)
