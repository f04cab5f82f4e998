"""Single fields of a record: read by name, checked, refused without repeating what they hold."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Any, NamedTuple

from dossiers.reference.known_names import NameKind
from dossiers.text.identity import folded, identity
from dossiers.text.ids import IdFault
from dossiers.text.kept_ids import ALL_KEPT, IdForm, KeptIds
from dossiers.time.hours import DAY
from dossiers.wire.keys import is_scope
from sources.person_numbers import NUMBER
from sources.portal.dates import parse_date
from sources.portal.name_admission import NameAdmission, is_code, may_be_personal

MAX_TEXT = 1_000  # characters of any text that is looked at
MAX_CODE = 100
MAX_NAME = 200
_WHOLE = 10**18  # no number of the format comes near it, and longer ones take time to be written
# Nothing that a name or an e-mail address could be.
ID = re.compile(r"[^\s@\x00-\x1f]+")
_FORM = IdForm()
_STATUS = re.compile(r"0?([1-9]|10)(?:\.0)?")
_STATUS_NAMES = {
    "mới đăng ký": 1,
    "được tiếp nhận": 2,
    "không được tiếp nhận": 3,
    "đang xử lý": 4,
    "yêu cầu bổ sung giấy tờ": 5,
    "yêu cầu thực hiện nghĩa vụ tài chính": 6,
    "công dân yêu cầu rút hồ sơ": 7,
    "dừng xử lý": 8,
    "đã xử lý xong": 9,
    "đã trả kết quả": 10,
}


class Named(NamedTuple):
    """``text``: what travels on of a name. ``same``: what all its spellings have in common, also
    once the reference data knows it: by that a record that is sent again is told."""

    text: str
    same: str


NOBODY = Named("", "")


class FieldRefusal(ValueError):
    """A record cannot be taken: which field, and what is wrong with it, never what it holds."""


class TooLong(FieldRefusal):
    """A scalar that is longer than any that has a meaning here; it has not been looked at."""


def id_of(text: str, name: str, ids: KeptIds = ALL_KEPT) -> str:
    """What is kept of the id that ``text`` writes; if nothing is hashed, none may be a person's
    name or address. ``name``: of the field. Raises FieldRefusal."""
    try:
        found = ids.kept(text)
    except IdFault as fault:
        raise FieldRefusal(f"{name} {fault}") from None
    if not ids.hashing and not ID.fullmatch(found):
        raise FieldRefusal(f"{name} is no id: it must have no spaces and no @")
    if is_scope(found):
        raise FieldRefusal(f"{name} begins as no id may: unit:, officer: and source: are kept")
    return found


def passing(kind: NameKind, text: str, names: NameAdmission | None, *, codes: bool = True) -> Named:
    """What travels on of ``text``; all of it if ``names`` is None. ``codes``: see
    NameAdmission.passed."""
    if names is None or not text:
        return Named(text, text)
    return Named(names.passed(kind, text, codes=codes), names.look(kind, text).hash)


def _has_digit(text: str) -> bool:
    """However it is written."""
    return any(char.isdecimal() for char in unicodedata.normalize("NFKC", text))


def may_be_anybodys(kind: NameKind, text: str, names: NameAdmission | None) -> bool:
    """Whether what stands in place of a name may be a person's number or mail address. Codes have
    many digits, and a form of their own by which they are told. ``names``: None if all pass."""
    if names is not None:
        return not names.look(kind, text).clear and may_be_personal(text)
    code = is_code(text, _FORM)
    return NUMBER.search(text) is not None or (not code and may_be_personal(text))


class Fields:
    """One record of a payload. Names are found whatever their case. ``unread``: fields that could
    not be understood, and were skipped. ``names``: which of them may pass; None: all.
    ``ids``: what is kept of ids."""

    def __init__(
        self,
        record: Mapping[str, Any],
        where: str = "",
        names: NameAdmission | None = None,
        ids: KeptIds = ALL_KEPT,
    ) -> None:
        self._ids = ids
        self._values = {str(name).lower(): value for name, value in record.items()}
        self._where = where
        self._names = names
        self.unread: list[str] = []

    def get(self, name: str) -> Any:
        """What stands in the field, None if it is absent."""
        return self._values.get(name.lower())

    def text(self, name: str) -> str:
        """In its identity form; empty if it is absent or no scalar. Raises TooLong."""
        value = self.get(name)
        if isinstance(value, str):
            if len(value) > MAX_TEXT:
                raise TooLong(f"{self._where}{name} has more than {MAX_TEXT:,} characters")
            return identity(value)
        if isinstance(value, int) and not isinstance(value, bool):
            if not -_WHOLE < value < _WHOLE:
                raise TooLong(f"{self._where}{name} is a number of more than 18 digits")
            return str(value)
        return ""

    def short(self, name: str) -> str:
        """As ``text``; "@", which is neither a code nor a name, if it is too long."""
        try:
            return self.text(name)
        except TooLong:
            return "@"

    def dossier_id(self, name: str = "MaHoSo") -> str:
        """Required, 1 to 200 characters: what is kept of it. Raises FieldRefusal."""
        text = self.text(name)
        if not text:
            raise FieldRefusal(f"{name} is empty; every record needs the dossier's id")
        return id_of(text, name, self._ids)

    def code(self, name: str, kind: NameKind = "procedure") -> Named:
        """A code; "" and noted if it looks like anything else."""
        text = self.short(name)
        if not text or self._known(kind, text):
            return self._passed(kind, text)
        if (
            len(text) > MAX_CODE
            or not ID.fullmatch(text)
            or may_be_anybodys(kind, text, self._names)
        ):
            self.unread.append(name)
            return NOBODY
        return self._passed(kind, text)

    def name_of_unit(self, name: str) -> Named:
        """Code or name of an office; "" and noted if it may be a person's number or address."""
        return self._name(name, "unit")

    def name_of_officer(self, name: str) -> Named:
        """A person's name has no digits."""
        return self._name(name, "officer")

    def _name(self, name: str, kind: NameKind) -> Named:
        text = " ".join(self.short(name).split())
        if not text or self._known(kind, text):
            return self._passed(kind, text)
        odd = len(text) > MAX_NAME or not text.isprintable()
        odd = odd or (kind == "officer" and _has_digit(text))
        if odd or may_be_anybodys(kind, text, self._names):
            self.unread.append(name)
            return NOBODY
        return self._passed(kind, text)

    def _known(self, kind: NameKind, text: str) -> bool:
        return self._names is not None and self._names.look(kind, text).known

    def _passed(self, kind: NameKind, text: str) -> Named:
        return passing(kind, text, self._names, codes=kind != "officer")

    def date(self, name: str, now: int | None = None) -> int | None:
        """Milliseconds or None; ``now`` (ms) for a date that cannot lie ahead. Raises
        FieldRefusal."""
        try:
            at = parse_date(self.get(name))
        except ValueError as error:
            raise FieldRefusal(f"{self._where}{name} {error}") from None
        if at is not None and now is not None and at > now + DAY:
            raise FieldRefusal(
                f"{self._where}{name} lies more than a day ahead; check the sender's clock"
            )
        return at

    def optional_date(self, name: str) -> int | None:
        """Milliseconds; None, and noted, if it is no date: the record says enough without."""
        try:
            return parse_date(self.get(name))
        except ValueError:
            self.unread.append(name)
            return None

    def status(self, name: str) -> int | None:
        """1 to 10 as number, text or official name; None and noted if it is none of these."""
        text = self.short(name)
        value = self.get(name)
        if isinstance(value, float):
            text = str(value)
        match = _STATUS.fullmatch(text)
        if match is not None:
            return int(match[1])
        found = _STATUS_NAMES.get(folded(text))
        if found is None and value not in (None, ""):
            self.unread.append(name)
        return found

    def channel(self, name: str) -> int:
        """1 direct (also if it is absent), 2 online, 3 postal."""
        text = self.short(name)
        if text in ("1", "2", "3"):
            return int(text)
        if self.get(name) not in (None, ""):
            self.unread.append(name)
        return 1

    def objects(self, name: str, most: int) -> list[Mapping[str, Any]]:
        """An array of objects; empty if it is absent. Raises FieldRefusal."""
        value = self.get(name)
        if value in (None, ""):
            return []
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            raise FieldRefusal(f"{name} is no array of objects")
        if len(value) > most:
            raise FieldRefusal(f"{name} has {len(value)} entries, at most {most} are taken")
        return value
