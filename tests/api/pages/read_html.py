"""A page as a tree that tests can ask."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

_VOID = frozenset({"meta", "link", "input", "br", "img", "hr", "wbr"})


@dataclass
class Node:
    """An element. ``inside``: elements and texts, in order."""

    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    inside: list[Node | str] = field(default_factory=list)

    @property
    def classes(self) -> list[str]:
        return self.attributes.get("class", "").split()

    def all(self, tag: str = "", class_: str = "") -> Iterator[Node]:
        """Every element below, in the page's order."""
        for child in self.inside:
            if isinstance(child, Node):
                if tag in ("", child.tag) and (not class_ or class_ in child.classes):
                    yield child
                yield from child.all(tag, class_)

    def first(self, tag: str = "", class_: str = "") -> Node | None:
        return next(self.all(tag, class_), None)

    def text(self, without: Callable[[Node], bool] = lambda _: False) -> str:
        """What one reads, with single spaces; nothing of elements ``without``."""
        return " ".join(" ".join(self._texts(without)).split())

    def _texts(self, without: Callable[[Node], bool]) -> Iterator[str]:
        for child in self.inside:
            if isinstance(child, str):
                yield child
            elif not without(child):
                yield from child._texts(without)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open = [Node("document")]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        node = Node(tag, {name: value or "" for name, value in attrs})
        self.open[-1].inside.append(node)
        if tag not in _VOID:
            self.open.append(node)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open[-1].inside.append(Node(tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        last = max(n for n, node in enumerate(self.open) if node.tag in (tag, "document"))
        del self.open[max(last, 1) :]

    def handle_data(self, data: str) -> None:
        self.open[-1].inside.append(data)


def read_html(text: str) -> Node:
    """The document of a page of ours."""
    reader = _Reader()
    reader.feed(text)
    reader.close()
    return reader.open[0]
