"""A signed PDF that comes back is the published one, or is told apart."""

from __future__ import annotations

import hashlib

import pytest

from documents.late_list.pdf import pdfs_of
from documents.late_list.returned import check_apart, signable
from documents.late_list.signed import check_signed
from tests.documents.late_list.papers import paper_of
from tests.documents.late_list.signing import NOW, Authority, authority, signed, updated
from tests.dossiers.publication.made_lists import small_list


def published_of(month: str) -> bytes:
    [made] = pdfs_of(paper_of(small_list(id=month, month=month)))
    return made.content


@pytest.fixture(scope="module")
def published() -> bytes:
    return published_of("2026-10")


@pytest.fixture(scope="module")
def office() -> Authority:
    return authority("Gốc tin cậy")


@pytest.fixture(scope="module")
def returned(published: bytes, office: Authority) -> bytes:
    return signed(signable(published), office)


def test_it_says_who_signed_and_whether_a_root_is_known(
    published: bytes, returned: bytes, office: Authority
) -> None:
    found = check_signed(published, returned, [office.root], NOW)
    assert found.why_not == ""
    assert found.trusted
    assert found.signer == "Đinh Quang Vinh"
    certificate = office.signer.signing_cert
    assert certificate is not None
    assert found.certificate == hashlib.sha256(certificate.dump()).hexdigest()
    unknown = check_signed(published, returned, [authority("Gốc khác").root], NOW)
    assert (unknown.why_not, unknown.trusted) == ("", False)
    assert not check_signed(published, returned, [], NOW).trusted


def test_an_expired_certificate_is_not_trusted(
    published: bytes, returned: bytes, office: Authority
) -> None:
    later = NOW.replace(year=2030)
    assert not check_signed(published, returned, [office.root], later).trusted


def test_a_second_signature_is_one_more(
    published: bytes, returned: bytes, office: Authority
) -> None:
    other = authority("Gốc thứ hai", "Văn thư")
    twice = signed(returned, other, "VanThu")
    found = check_signed(published, twice, [office.root, other.root], NOW)
    assert (found.why_not, found.signer, found.trusted) == ("", "Văn thư", True)
    assert not check_signed(published, twice, [office.root], NOW).trusted


def test_another_months_is_another_document(published: bytes, office: Authority) -> None:
    other = signed(signable(published_of("2026-09")), office)
    assert check_signed(published, other, [office.root], NOW).why_not == "other_document"


def test_every_kind_of_change_is_told(published: bytes, returned: bytes, office: Authority) -> None:
    def why(file: bytes) -> str:
        return check_signed(published, file, [office.root], NOW).why_not

    inside, behind = bytearray(returned), bytearray(returned)
    inside[len(published) // 2] ^= 1
    behind[returned.rindex(b"/ModDate") + 12] ^= 1
    assert why(bytes(inside)) == "other_document"
    assert why(bytes(behind)) == "broken"
    assert why(published) == why(signable(published)) == "unsigned"
    assert why(updated(signable(published))) == "unsigned"
    assert why(updated(returned)) == "changed"
    assert why(returned + b"%more") == "changed"
    assert why(signed(published, office)) == "no_newline"
    assert why(signable(published) + b"\n" + returned[len(published) + 1 :]) == "no_newline"


def test_what_is_changed_before_it_is_signed_is_told(published: bytes, office: Authority) -> None:
    """The signature is valid: it covers the change."""
    changed = signed(updated(signable(published)), office)
    assert check_signed(published, changed, [office.root], NOW).why_not == "changed"


@pytest.mark.asyncio
async def test_a_strangers_file_is_looked_at_apart(published: bytes, returned: bytes) -> None:
    found = await check_apart(published, returned, [])
    assert (found.why_not, found.signer) == ("", "Đinh Quang Vinh")
    broken = await check_apart(published, signable(published) + b"/ByteRange" * 1_000, [])
    assert broken.why_not == "unreadable"
