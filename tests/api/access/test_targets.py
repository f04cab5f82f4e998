"""The audit trail keeps which dossier was looked at, not in which form."""

from __future__ import annotations

from fastapi import Request

from api.access.targets import target_of


def test_of_a_letter_the_dossier_is_kept() -> None:
    request = Request({"type": "http", "query_string": b"", "headers": []})
    asked = {"form": "pdf", "dossier": "H29-1"}
    assert target_of(request, asked, 200, lambda _kind, _id: False) == "H29-1"
    assert target_of(request, asked, 404, lambda _kind, _id: False) == ""
