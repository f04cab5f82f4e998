"""Which names of offices, officers and steps may pass an entrance in clear: codes, and known names.

A code says nothing of a citizen: it has the legal form of an id, no letter beyond ASCII, and is no
person's number. Free text may be anything, so it passes if the reference data has that name,
whatever its case and spacing, and else as its keyed hash (dossiers.reference.unlisted), which the
fold knows again once reference data has the name.
"""

from __future__ import annotations

import copy
import threading
import unicodedata
from collections.abc import Iterable, Mapping
from typing import NamedTuple, Protocol

from dossiers.reference.known_names import Known, NameKind, known_names, nothing_known
from dossiers.text.identity import folded
from dossiers.text.kept_ids import IdForm
from dossiers.text.keyed import Keyed, looks_hashed
from dossiers.wire.reference import Reference

_REMEMBERED = 16_384  # names; senders repeat the same ones
_LONGEST = 200  # characters of a name that is remembered
_LONGEST_READ = 1_000  # characters that are looked through for a number
_SHORTEST_NUMBER = 9  # digits of an old identity number; telephones have ten


class MissingNameListener(Protocol):
    """Told of what the reference data lacks, once for each record that names it."""

    def note(self, kind: NameKind, text: str, hash_: str) -> None:
        """``hash_``: what travels on in place of ``text``; "" for a code, which does itself."""


class JudgedName(NamedTuple):
    """``clear``: what passes in clear, a code as it is and a name as the reference data writes it,
    as if it had come as its hash; "" if nothing may. ``known``: they have it. ``listed``: it may
    stand in a list of what they lack. ``hash``: what stands for it if nobody knows it, the same
    for all its spellings."""

    clear: str
    known: bool
    listed: bool
    hash: str


class NameAdmission:
    """What an entrance makes of names. May be used by several threads.

    ``keyed``: makes the hashes. ``form``: of ids, and so of codes. ``missing``:
    None if nobody wants to know. Until ``refer`` is called no name is known: all free text is
    hashed, and known again by the hashes that reference data carry.
    """

    def __init__(
        self, keyed: Keyed, form: IdForm | None = None, missing: MissingNameListener | None = None
    ) -> None:
        self._keyed = keyed
        self._form = form or IdForm()
        self._missing = missing
        self._lock = threading.Lock()
        self._known = nothing_known()
        self._read: list[tuple[Reference, Mapping[NameKind, Known]]] = []
        self._seen: dict[tuple[NameKind, str], JudgedName] = {}

    def refer(self, references: Iterable[Reference]) -> None:
        """These count now or will: what any of them knows is known."""
        read = {id(each): (each, names) for each, names in self._read}
        self._read = [
            read[id(each)] if id(each) in read else (each, known_names(each)) for each in references
        ]
        found = nothing_known()
        for _, names in self._read:
            for kind, known in names.items():
                found[kind].names.update({**known.names, **found[kind].names})
                found[kind].written.update(known.written)
                found[kind].any_case.update(known.any_case)
        with self._lock:
            self._known, self._seen = found, {}

    def noting(self, missing: MissingNameListener) -> NameAdmission:
        """The same as of now, for one payload: what it lacks is noted in ``missing``."""
        with self._lock:
            found = copy.copy(self)
        found._missing = missing
        return found

    def look(self, kind: NameKind, text: str) -> JudgedName:
        """What ``text`` (in its identity form) is to this entrance."""
        found = self._seen.get((kind, text))
        return self._look(kind, text) if found is None else found

    def passed(self, kind: NameKind, text: str, *, codes: bool = True) -> str:
        """What travels on of ``text`` (in its identity form): itself, or its hash. What the
        reference data lacks is noted. ``codes``: False if only names belong, so that one word
        without marks is a name as well."""
        if not text:
            return text
        seen = self.look(kind, text)
        clear = seen.clear if codes or seen.known else ""
        if seen.listed and self._missing is not None:
            self._missing.note(kind, text, "" if clear else seen.hash)
        return clear or seen.hash

    def _look(self, kind: NameKind, text: str) -> JudgedName:
        with self._lock:
            known, remembered = self._known[kind], self._seen
        form = folded(text)
        hash_ = hash_of(self._keyed, kind, form)
        code = is_code(text, self._form)
        if text in known.written or self._keyed.is_hashed(kind, text):
            found = JudgedName(text, True, False, hash_)  # who was given a hash, sends it back
        elif form in known.names and (not code or form in known.any_case):
            found = JudgedName(text if code else known.names[form], True, False, hash_)
        else:
            listed = code or not may_be_personal(text)
            found = JudgedName(text if code else "", False, listed, hash_)
        if len(text) <= _LONGEST:
            if len(remembered) >= _REMEMBERED:
                remembered.clear()
            remembered[kind, text] = found
        return found


def is_code(text: str, form: IdForm) -> bool:
    """Whether ``text`` has the form of codes. A forged hash is none: it would be shown as a name
    that somebody should add."""
    return text.isascii() and form.keeps(text) and not looks_hashed(text)


def may_be_personal(text: str) -> bool:
    """Whether ``text`` may be a person's number or mail address."""
    return holds_address(text) or holds_number(text)


def holds_address(text: str) -> bool:
    """Whether ``text`` may be a mail address, whichever @ it is written with."""
    return "@" in unicodedata.normalize("NFKC", text[:_LONGEST_READ])


def holds_number(text: str) -> bool:
    """Whether ``text`` may hold a person's number, however its digits are written and grouped."""
    run = 0
    for char in unicodedata.normalize("NFKC", text[:_LONGEST_READ]):
        if char.isdecimal():
            run += 1
            if run == _SHORTEST_NUMBER:
                return True
        elif char.isalpha():
            run = 0
    return False


def hash_of(keyed: Keyed, kind: NameKind, form: str) -> str:
    """What stands for a name whose folded form is ``form``, at every entrance of a timeline and in
    its reference data."""
    return keyed.hashed(kind, form)
