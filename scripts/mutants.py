"""Do the tests notice? Changes single operators of a room and runs its tests on each (mutmut).

By hand, never part of `make test`: a room has thousands of such mutants. A seeded sample of them
is tried until the time is over, with few examples of each property; what survives is tried once
more with all of them. Each that survives this too is shown, unless tests/mutants.toml knows why no
test can tell it from the original. Works on a copy in build/mutants/, which a second run goes on
with unless the room's code has changed. Exit status 1: one survived that nobody has looked at.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time
import tomllib
from collections.abc import Sequence
from itertools import islice
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# Of each room: the files that are changed, and the tests that should notice.
ROOMS = {
    "dossiers": (["dossiers/*.py"], ["tests/dossiers"]),
    "oracle": (
        ["oracle/*.py"],
        ["tests/oracle/test_rows.py", "tests/oracle/test_snapshot_rows.py",
         "tests/oracle/test_states.py", "tests/oracle/test_engine.py",
         "tests/oracle/test_late_list.py", "tests/oracle/test_differential.py"],
    ),
    "streams": (
        ["streams/partition/*.py", "streams/tallies/*.py"],
        ["tests/dossiers", "tests/streams/test_intake.py", "tests/streams/test_departed.py",
         "tests/streams/test_dead_letters.py", "tests/streams/test_merger.py",
         "tests/streams/test_backlogs.py"],
    ),
}  # fmt: skip
_CAUGHT, _MISSED = 1, (0, 33)  # mutmut's exit codes (33: no test calls it); None: not tried yet
KNOWN = ROOT / "tests" / "mutants.toml"
_TEXT = re.compile(r"\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'")
# mutmut 3.7 asks pytest's items for a name that they no longer have (3.8 needs a newer click than
# the product's packages allow).
_SHIM = """

pytest.Item._nodeid = property(lambda item: item.nodeid)
"""
_WORD = re.compile(r"\w+")
_EXAMPLES = re.compile(r"max_examples=\d+")
# A guard against what never happens: while all lengths agree there is nothing to tell.
_STRICT = re.compile(r"\bstrict=\w+")
_PYTEST = ["-p", "no:randomly", "-p", "no:cacheprovider", "-q"]


def main() -> int:
    """Returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("room", choices=list(ROOMS), nargs="?", default="dossiers")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--sample", type=int, default=200, help="how many mutants (200)")
    parser.add_argument("--minutes", type=float, default=30, help="the time limit (30)")
    parser.add_argument("--all", action="store_true", help="texts, arguments and None as well")
    args = parser.parse_args()
    folder = prepare(args.room)
    # Makes the mutants, and asks which test runs which function; later of new tests only.
    _mutmut(folder, ["run", "none.of.this.name"], seconds=1200, quiet=True)
    names = drawn(folder, args.seed, args.sample, everything=args.all)
    left = [name for name in names if verdicts(folder)[name] is None]
    ends = time.monotonic() + args.minutes * 60
    if left:
        _mutmut(folder, ["run", "--max-children", "2", *left], seconds=args.minutes * 60)
    try_again(args.room, folder, names, ends)
    return report(args.room, folder, names)


def prepare(room: str) -> Path:
    """A copy of the repository to work on, with a configuration for one room."""
    folder = ROOT / "build" / "mutants" / room
    files, tests = ROOMS[room]
    tracked = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip
    names = [name for name in tracked.split("\0") if (ROOT / name).is_file()]
    if any(_is_newer(name, folder) for name in names if name.startswith(f"{room}/")):
        shutil.rmtree(folder, ignore_errors=True)  # what was found is of code that is gone
    for name in names:
        if _is_newer(name, folder):
            source, target = ROOT / name, folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target)
            if name.startswith("tests/") and name.endswith(".py"):
                # A mutant is tried in seconds: few examples of each property.
                text = source.read_text("utf-8") + (_SHIM if name == "tests/conftest.py" else "")
                target.write_text(_EXAMPLES.sub("max_examples=6", text), "utf-8")
    others = [path.name for path in ROOT.iterdir() if path.is_dir() and path.name[0] not in "._"
              and path.name not in {"build", "state", "tests", room}]  # fmt: skip
    settings = {
        "source_paths": [room],
        "only_mutate": files,
        "also_copy": others,
        "pytest_add_cli_args": _PYTEST,
        "pytest_add_cli_args_test_selection": tests,
        "track_dependencies": False,
        "use_git_change_detection": False,
        "timeout_constant": 20.0,
        "timeout_multiplier": 5.0,
    }
    lines = [f"{name} = {json.dumps(value)}" for name, value in settings.items()]
    text = (ROOT / "pyproject.toml").read_text("utf-8")
    text += "\n[tool.mutmut]\n" + "\n".join(lines) + "\n"
    (folder / "pyproject.toml").write_text(text, "utf-8")
    return folder


def _is_newer(name: str, folder: Path) -> bool:
    """Whether a file of the repository is newer than its copy in ``folder``, or has none."""
    source, target = ROOT / name, folder / name
    return not target.exists() or target.stat().st_mtime < source.stat().st_mtime


def _mutmut(folder: Path, arguments: list[str], *, seconds: float, quiet: bool = False) -> None:
    """Run mutmut; when the time is over it stops and keeps what it has found."""
    command = [str(Path(sys.executable).with_name("mutmut")), *arguments]
    env = os.environ | {"DUNGHEN_TEST_EXAMPLES": "few"}
    output = subprocess.DEVNULL if quiet else None
    with subprocess.Popen(command, cwd=folder, env=env, stdout=output, stderr=output) as run:
        try:
            run.wait(seconds)
        except subprocess.TimeoutExpired:
            run.send_signal(signal.SIGINT)
            run.wait()


def try_again(room: str, folder: Path, names: Sequence[str], ends: float) -> None:
    """Try survivors that nobody has looked at with whole files and their own number of examples,
    until ``ends`` (monotonic seconds): what tests make on import, mutmut makes of the original.
    What these notice counts as caught, in a later run too."""
    results = verdicts(folder)
    survived = [n for n in names if results[n] in _MISSED and not is_known(room, folder, n)]
    stats = json.loads((folder / "mutants" / "mutmut-stats.json").read_text("utf-8"))
    for path in (ROOT / "tests").rglob("*.py"):  # mutmut's next run puts its own copies back
        if path != ROOT / "tests" / "conftest.py":
            shutil.copy2(path, folder / "mutants" / path.relative_to(ROOT))
    for place, name in enumerate(survived):
        calls = stats["tests_by_mangled_function_name"].get(name.rpartition("__mutmut_")[0], ())
        tests = {test.partition("::")[0] for test in calls} or ROOMS[room][1]
        environment = os.environ | {"DUNGHEN_TEST_EXAMPLES": "fixed", "MUTANT_UNDER_TEST": name}
        command = [sys.executable, "-m", "pytest", *_PYTEST, "-x", *sorted(tests)]
        try:
            code = subprocess.run(
                command, cwd=folder / "mutants", env=environment, stdout=subprocess.DEVNULL,
                timeout=max(0.0, ends - time.monotonic()), check=False,
            ).returncode  # fmt: skip
        except subprocess.TimeoutExpired:
            print(f"{len(survived) - place} survivors were tried with few examples only")
            return
        if code == _CAUGHT:
            _note(folder, name, code)


def _note(folder: Path, name: str, code: int) -> None:
    """Put down what became of a mutant where mutmut does."""
    path = folder / "mutants" / f"{_path(folder, name)}.meta"
    found = json.loads(path.read_text("utf-8"))
    found["exit_code_by_key"][name] = code
    path.write_text(json.dumps(found, indent=4), "utf-8")


def verdicts(folder: Path) -> dict[str, int | None]:
    """The exit code of the tests by mutant; None if it has not been tried."""
    found: dict[str, int | None] = {}
    for path in sorted((folder / "mutants").rglob("*.meta")):
        found.update(json.loads(path.read_text("utf-8"))["exit_code_by_key"])
    return found


def drawn(folder: Path, seed: int, sample: int, *, everything: bool) -> list[str]:
    """Names of mutants, drawn at random; the same ones for the same seed and code."""
    names = sorted(verdicts(folder))
    random.Random(seed).shuffle(names)  # noqa: S311
    wanted = (name for name in names if everything or is_operator(*change(folder, name)))
    return list(islice(wanted, sample))


def change(folder: Path, name: str) -> tuple[str, str]:
    """The lines that a mutant changes, before and after."""
    path = _path(folder, name)
    with contextlib.chdir(folder):
        from mutmut.__main__ import get_diff_for_mutant  # noqa: PLC0415 (reads its settings here)

        lines = get_diff_for_mutant(name, path=path).splitlines()
    before, after = (
        "\n".join(line[1:].strip() for line in lines if line[0] == sign and line[:3] != sign * 3)
        for sign in "-+"
    )
    return before, after


def _path(folder: Path, name: str) -> str:
    """Of the file that a mutant is made of, from ``folder`` on."""
    module = name.rpartition(".")[0].replace(".", "/")
    return f"{module}.py" if (folder / f"{module}.py").exists() else f"{module}/__init__.py"


def is_operator(before: str, after: str) -> bool:
    """Whether an operator or a number was changed: no text, and nothing that is only left out.
    Wording is for readers, and an argument that is missing or None is mypy's to find."""
    before, after = (_STRICT.sub("", _TEXT.sub("text", each)) for each in (before, after))
    if before == after:
        return False
    old, new = _WORD.findall(before), _WORD.findall(after)
    return len(new) >= len(old) and new.count("None") <= old.count("None")


def is_known(room: str, folder: Path, name: str) -> bool:
    """Whether tests/mutants.toml says why no test can tell a mutant from the original."""
    known = tomllib.loads(KNOWN.read_text("utf-8")).get(room, [])
    before, after = change(folder, name)
    return any(each["before"] == before and each["after"] == after for each in known)


def report(room: str, folder: Path, names: Sequence[str]) -> int:
    """Say what became of the mutants. Returns the exit status."""
    results = verdicts(folder)
    tried = [name for name in names if results[name] is not None]
    survived = [name for name in tried if results[name] in _MISSED]
    unknown = [name for name in survived if not is_known(room, folder, name)]
    for name in unknown:
        before, after = change(folder, name)
        print(f"{name}\n  - {before}\n  + {after}")
    caught = len(tried) - len(survived)
    print(
        f"{room}: {caught} of {len(tried)} mutants caught ({caught / max(1, len(tried)):.1%}), "
        f"{len(survived) - len(unknown)} that no test can tell, {len(unknown)} to be looked at; "
        f"{len(names) - len(tried)} not tried"
    )
    return 1 if unknown else 0


if __name__ == "__main__":
    sys.exit(main())
