"""What the documents name exists: files, functions, commands, settings, metrics, links."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import typer

from dunghen.cli import COMMANDS, loaded
from dunghen.settings.model import Settings

ROOT = Path(__file__).parents[1]
PAGES = [
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md")),
    *(ROOT / room / "README.md" for room in ("benchmarks", "dashboards")),
    *sorted((ROOT / "docs").rglob("*.md")),
]
HISTORY = ROOT / "CHANGELOG.md"  # may name what is gone: only its links are followed
LISTED = {listed.name: listed for listed in COMMANDS}
ELSEWHERE = re.compile(r"NNNN|NAME")  # stands for something that a reader chooses

pages = pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))


def code(page: Path) -> Iterator[str]:
    """Each line of a fenced block, and each text in backticks, of the page."""
    fenced = False
    for line in page.read_text("utf-8").splitlines():
        if line.lstrip().startswith("```"):
            fenced = not fenced
        elif fenced:
            yield line
        else:
            yield from re.findall(r"`([^`]+)`", line)


def tracked() -> set[str]:
    listed = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, check=False, text=True
    )
    files = listed.stdout.split() if listed.returncode == 0 else []
    return {name.partition("/")[0] for name in files if "/" in name}


TOP = tracked() or {path.name for path in ROOT.iterdir() if path.is_dir()}


@pages
def test_every_file_that_a_page_names_exists(page: Path) -> None:
    for text in code(page):
        for name in re.findall(r"(?<![\w/.:<-])([\w.-]+/[\w./*-]*)", text):
            if name.partition("/")[0] in TOP and not ELSEWHERE.search(name):
                assert any(ROOT.glob(name.rstrip("./"))), f"{name} in `{text}`"


def defined(path: Path) -> set[str]:
    """Functions, classes, methods (``Class.method``) and constants of a module."""
    if path.suffix == ".js":
        return set(re.findall(r"\bfunction (\w+)", path.read_text("utf-8")))
    found: set[str] = set()

    def look(body: list[ast.stmt], prefix: str) -> None:
        for node in body:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                found.add(prefix + node.name)
            elif isinstance(node, ast.ClassDef):
                found.add(prefix + node.name)
                look(node.body, f"{prefix}{node.name}.")
            elif isinstance(node, ast.Assign | ast.AnnAssign):
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                found.update(prefix + t.id for t in targets if isinstance(t, ast.Name))

    look(ast.parse(path.read_text("utf-8")).body, "")
    return found


@pages
def test_every_function_that_a_page_names_stands_in_that_file(page: Path) -> None:
    for text in code(page):
        for name, function in re.findall(r"([\w./]+\.(?:py|js)):([\w.]+)", text):
            assert function in defined(ROOT / name), f"{function} is not in {name}"


def test_the_newcomers_page_names_functions() -> None:
    answers = (ROOT / "docs" / "newcomers.md").read_text("utf-8")
    assert len(re.findall(r"`[\w./]+\.(?:py|js):[\w.]+`", answers)) >= 20


def command(words: list[str]) -> tuple[Any, list[str]]:
    """The command that the words name, and what follows it."""
    assert words[0] in LISTED, words[0]
    found, words = loaded(LISTED[words[0]]), words[1:]
    if hasattr(found, "get_command") and words and re.fullmatch(r"[a-z-]+", words[0]):
        found = found.get_command(typer.Context(found), words[0])
        assert found is not None, words[0]
        words = words[1:]
    return found, words


@pages
def test_every_command_and_option_that_a_page_names_exists(page: Path) -> None:
    for text in code(page):
        for call in re.findall(r"\bdunghen ((?!config\.toml)[a-z-]+[^|#>]*)", text):
            found, rest = command(re.split(r"[\s,]+", call.strip()))
            options = {name for p in found.params for name in (*p.opts, *p.secondary_opts)}
            named = set(re.findall(r"--[a-z][a-z-]*", " ".join(rest)))
            assert named <= options | {"--help"}, f"`dunghen {call}`: {named - options}"


@pages
def test_every_setting_that_a_page_names_exists(page: Path) -> None:
    sections = {name: field.annotation for name, field in Settings.model_fields.items()}
    for text in code(page):
        named = re.findall(r"(?<![\w./@-])([a-z]+)\.([a-z_]+)(?![\w./:-])", text)
        for word in re.findall(r"\bDUNGHEN_([A-Z]+_[A-Z_]+)\b", text):
            section, _, name = word.lower().partition("_")
            named.append((section, name))
        for section, name in named:
            if section not in sections or name in ("json", "sqlite", "md", "toml"):
                continue
            fields = getattr(sections[section], "model_fields", {})
            assert name in fields, f"{section}.{name} in `{text}`"


@pages
def test_every_target_of_make_and_module_exists(page: Path) -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.M))
    for text in code(page):
        for target in re.findall(r"(?:^|\s)make ([a-z]+)\b", text.partition("#")[0]):
            assert target in targets, f"make {target}"
        for module in re.findall(r"python -m ([\w.]+)", text):
            assert find_spec(module), module


@pages
def test_every_metric_that_a_page_names_exists(page: Path) -> None:
    source = "".join(
        path.read_text("utf-8")
        for room in ("api", "streams", "sinks", "dunghen")
        for path in (ROOT / room).rglob("*.py")
    )
    for text in code(page):
        for name in re.findall(r"\b(dunghen_[a-z_]+)", text):
            short = re.sub("^dunghen_(ingest|worker)_", "", name).removesuffix("_total")
            assert re.search(rf"\b{short}\b", source), name


def anchors(page: Path) -> set[str]:
    """What a link may name within the page, as GitHub makes it of headings."""
    text = page.read_text("utf-8")
    found = set(re.findall(r'<a name="([^"]+)">', text))
    for heading in re.findall(r"^#+ (.+)$", text, re.M):
        plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading.replace("`", ""))
        found.add(re.sub(r"[^\w\- ]", "", plain.strip().lower()).replace(" ", "-"))
    return found


@pytest.mark.parametrize("page", [*PAGES, HISTORY], ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_somewhere(page: Path) -> None:
    for link in re.findall(r"\]\(([^)\s]+)\)", page.read_text("utf-8")):
        if re.match(r"[a-z]+:", link):
            continue
        target, _, anchor = link.partition("#")
        found = (page.parent / target).resolve() if target else page
        assert found.exists(), link
        if anchor:
            assert anchor in anchors(found), link


def test_every_page_stands_in_the_index() -> None:
    index = (ROOT / "docs" / "README.md").read_text("utf-8")
    for page in sorted((ROOT / "docs").glob("*.md")):
        assert page.name == "README.md" or f"({page.name})" in index, page.name


def wide(line: str) -> bool:
    return len(line) > 100 and not line.startswith("|") and "](" not in line


@pages
def test_lines_of_text_are_wrapped(page: Path) -> None:
    fenced = False
    for line in page.read_text("utf-8").splitlines():
        fenced ^= line.lstrip().startswith("```")
        assert fenced or not wide(line), line


PLANTED: list[tuple[Callable[[Path], None], str]] = [
    (test_every_file_that_a_page_names_exists, "`dossiers/fold/nothing.py`"),
    (
        test_every_function_that_a_page_names_stands_in_that_file,
        "`dossiers/fold/folding.py:nobody`",
    ),
    (test_every_setting_that_a_page_names_exists, "`api.nothing`"),
    (test_every_target_of_make_and_module_exists, "`make nothing`"),
    (test_every_metric_that_a_page_names_exists, "`dunghen_nothing`"),
    (test_every_command_and_option_that_a_page_names_exists, "`dunghen verify --nothing`"),
    (test_every_link_leads_somewhere, "[there](nothing.md)"),
    (test_lines_of_text_are_wrapped, "word " * 30),
]


@pytest.mark.parametrize(
    ("check", "text"), PLANTED, ids=lambda value: getattr(value, "__name__", "")
)
def test_what_does_not_exist_is_noticed(
    check: Callable[[Path], None], text: str, tmp_path: Path
) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"# Page\n\n{text}\n", "utf-8")
    with pytest.raises(AssertionError):
        check(page)
