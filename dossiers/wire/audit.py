"""What stands in topic ``audit``: who looked at officers and dossiers, and who changed what."""

from __future__ import annotations

from typing import Literal

import msgspec

AuditKind = Literal[
    "officer", "dossier", "list", "change", "refused", "sign_in", "sign_in_refused", "sign_out",
    "key_added", "key_revoked", "key_confirmed", "key_extended", "acting", "acting_ended",
    "text_erased",
]  # fmt: skip


class Audited(msgspec.Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """Somebody looked at officers or dossiers, or changed something, or was refused.

    ``at``: real time, ms. ``subject``: who, by ``means`` (session, token, key, loopback, acting,
    admin_token, link, command). ``target``: whose or which. ``route``: as the API's document writes
    it. ``status``: of the answer (HTTP), 0 if there was none.
    """

    timeline: str
    at: int
    kind: AuditKind
    subject: str
    means: str
    roles: tuple[str, ...] = ()
    target: str = ""
    route: str = ""
    status: int = 0
