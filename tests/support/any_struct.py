"""Values of any msgspec Struct, drawn from its field types."""

from __future__ import annotations

from typing import Any, TypeVar

import msgspec
from hypothesis import strategies as st
from msgspec import inspect

T = TypeVar("T")
_FAR = 2**40
_TEXTS = st.text(st.characters(codec="utf-8"), max_size=8)


def any_of(kind: type[T], **fields: st.SearchStrategy[Any]) -> st.SearchStrategy[T]:
    """Any value of Struct ``kind``; ``fields`` are drawn as they say."""
    found = {
        field.name: fields[field.name] if field.name in fields else _of(field.type)
        for field in inspect.type_info(kind).fields  # type: ignore[attr-defined]
    }
    return st.builds(kind, **found)


def _of(kind: inspect.Type) -> st.SearchStrategy[Any]:
    match kind:
        case inspect.NoneType():
            return st.none()
        case inspect.BoolType():
            return st.booleans()
        case inspect.IntType():
            low = -_FAR if kind.ge is None else max(kind.ge, -_FAR)
            high = _FAR if kind.lt is None else min(kind.lt - 1, _FAR)
            return st.integers(low, high)
        case inspect.StrType():
            if kind.pattern is not None:
                return st.from_regex(kind.pattern, fullmatch=True)
            return _TEXTS.filter(bool) if kind.min_length else _TEXTS
        case inspect.LiteralType():
            return st.sampled_from(kind.values)
        case inspect.UnionType():
            return st.one_of(*map(_of, kind.types))
        case inspect.VarTupleType():
            return st.lists(_of(kind.item_type), max_size=3).map(tuple)
        case inspect.TupleType():
            return st.tuples(*map(_of, kind.item_types))
        case inspect.NamedTupleType():
            return st.builds(kind.cls, **{field.name: _of(field.type) for field in kind.fields})
        case inspect.RawType():
            return st.just(msgspec.Raw(b"[]"))
        case inspect.StructType():
            return any_of(kind.cls)
    raise AssertionError(kind)
