"""Templates that fill in and do nothing else, whoever has written them.

Which parts of the language they may use is decided when they are read, by a list of what they may:
no calls, no variables, no arithmetic, few loops over what is there. What they make is bounded while
it is made.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from jinja2 import StrictUndefined, Template, TemplateSyntaxError, nodes
from jinja2.exceptions import SecurityError
from jinja2.sandbox import ImmutableSandboxedEnvironment

MOST_MADE = 64 * 1024  # characters
_MOST_LOOPS = 12
_MOST_DEPTH = 3  # loops within each other; filters on each other
_ALLOWED = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Getattr, nodes.Getitem,
    nodes.Const, nodes.Filter, nodes.For, nodes.If, nodes.CondExpr, nodes.Compare, nodes.Operand,
    nodes.And, nodes.Or, nodes.Not,
)  # fmt: skip
_FILTERS = ("tojson", "urlencode", "first", "length", "default", "truncate", "upper")


def read_template(text: str) -> Template:
    """Raises TemplateSyntaxError, also for what a template may not do."""
    found = _environment.parse(text)
    loops = sum(1 for _ in found.find_all(nodes.For))
    if loops > _MOST_LOOPS:
        raise TemplateSyntaxError(f"it has {loops} loops, and may have {_MOST_LOOPS}", 1)
    _check(found, 0, 0)
    return _environment.from_string(text)


def filled_in(template: Template, values: Mapping[str, Any]) -> str:
    """The text that it makes of ``values``. Raises TemplateError, also if that is too long."""
    found, size = [], 0
    for piece in template.generate(values):
        size += len(piece)
        if size > MOST_MADE:
            raise SecurityError("a template makes too much")
        found.append(piece)
    return "".join(found)


def _check(node: nodes.Node, loops: int, filters: int) -> None:
    if not isinstance(node, _ALLOWED):
        what = type(node).__name__.lower()
        raise TemplateSyntaxError(f"templates only fill in: {what} is not for them", node.lineno)
    loops += isinstance(node, nodes.For)
    filters = filters + 1 if isinstance(node, nodes.Filter) else 0
    if max(loops, filters) > _MOST_DEPTH:
        raise TemplateSyntaxError(
            f"more than {_MOST_DEPTH} loops or filters within each other", node.lineno
        )
    if isinstance(node, nodes.For) and node.recursive:
        raise TemplateSyntaxError("loops do not call themselves", node.lineno)
    for child in node.iter_child_nodes():
        _check(child, loops, filters)


def _join(values: Iterable[Any], between: str = "") -> str:
    """Jinja's, of lists of texts only. Raises SecurityError if that is too long."""
    if isinstance(values, (str, Mapping)):
        raise SecurityError("only a list is joined")
    texts = [str(each) for each in values]
    if sum(map(len, texts)) + len(texts) * len(str(between)) > MOST_MADE:
        raise SecurityError("a template makes too much")
    return str(between).join(texts)


def _made_environment() -> ImmutableSandboxedEnvironment:
    environment = ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=False)
    environment.globals = {}
    environment.filters = {name: environment.filters[name] for name in _FILTERS}
    environment.filters["join"] = _join
    return environment


_environment = _made_environment()
