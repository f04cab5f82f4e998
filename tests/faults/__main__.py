"""``python -m tests.faults``: break the product, recount, tell."""

from __future__ import annotations

import argparse
import secrets
import shutil
import signal
import sys
import tempfile
from pathlib import Path
from types import FrameType

from tests.faults import campaign, disk, report
from tests.faults.campaign import Options
from tests.faults.installation import INSTALLATIONS
from tests.faults.kinds import KINDS, DiskFull

INTERRUPTED = 130


def main() -> int:
    """Exit status 1 on any difference, else 130 if it was interrupted."""
    usual = Options(seed=0)
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--states", type=int, default=usual.states, help="fresh stacks, in turn")
    parser.add_argument("--rounds", type=int, default=usual.rounds, help="of a state")
    parser.add_argument("--seed", type=int, default=None, help="default: a new one, printed")
    parser.add_argument("--events", type=int, default=usual.events, help="records a round")
    parser.add_argument("--faults", type=int, default=usual.faults, help="faults a round")
    parser.add_argument("--seconds", type=float, default=usual.seconds, help="of load a round")
    parser.add_argument("--walls", type=int, default=usual.walls)
    parser.add_argument("--partitions", type=int, default=usual.partitions)
    parser.add_argument("--limit", type=float, default=usual.limit, help="s for a round to settle")
    parser.add_argument("--only", default="", metavar="WORD", help="faults with WORD in their name")
    parser.add_argument("--without", default="", metavar="WORD", help="faults with WORD left out")
    parser.add_argument(
        "--installation", choices=INSTALLATIONS, action="append", default=None,
        help="reference data; may be given again, default: all, in turn",
    )  # fmt: skip
    parser.add_argument("--json", type=Path, default=None, metavar="FILE", help="after every round")
    parser.add_argument("--work", type=Path, default=None, help="folder; kept")
    given = parser.parse_args()
    kinds = tuple(kind for kind in KINDS if given.only in kind.name)
    if given.without:
        kinds = tuple(kind for kind in kinds if given.without not in kind.name)
    if not kinds:
        parser.error("no such fault; there are: " + "; ".join(kind.name for kind in KINDS))
    seed = secrets.randbelow(10**6) if given.seed is None else given.seed
    if DiskFull in kinds and not disk.separate():
        _say(f"Not tried: {DiskFull.name}. A disk of its own takes root on Linux.")
        kinds = tuple(kind for kind in kinds if kind is not DiskFull)
    options = Options(
        seed, given.states, given.rounds, given.events, given.faults, given.seconds, given.walls,
        given.partitions, given.limit, kinds,
        installations=tuple(given.installation or INSTALLATIONS), json=given.json,
    )  # fmt: skip
    for number in (signal.SIGTERM, signal.SIGINT):
        # Stop everything in order also where nobody sits before it.
        signal.signal(number, _interrupt)
    folder = given.work or Path(tempfile.mkdtemp(prefix="dunghen-faults-"))
    _say(f"seed {seed}")
    result = campaign.run(options, folder, _say)
    print("\n".join([*result.failed, "", report.table(result)]), flush=True)
    if result.failed:
        return 1
    if given.work is None:
        shutil.rmtree(folder, ignore_errors=True)
    return INTERRUPTED if result.interrupted else 0


def _interrupt(number: int, frame: FrameType | None) -> None:
    """Once: what follows must not be cut short."""
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, signal.SIG_IGN)
    raise KeyboardInterrupt


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
