"""Names of this machine, and by which part of an address a caller is limited."""

from __future__ import annotations

import pytest
from starlette.datastructures import Headers

from api.access.origins import asks_for_this_machine, network_of


@pytest.mark.parametrize(
    ("host", "local"),
    [
        *((name + port, True) for name in ("localhost", "127.0.0.1", "[::1]", "LOCALHOST")
          for port in ("", ":80", ":65535")),
        *((name, False) for name in (
            "", " ", "localhost.", "localhost:", "localhost:x", "localhost:123456", "a@localhost",
            "localhost@a", "127.0.0.1:80@a", "localhost.a", "127.0.0.1.a", "a.localhost",
            "127.0.0.1.", "127.1", "127.0.1", "127.00.0.1", "0177.0.0.1", "2130706433",
            "0x7f.0.0.1", "0x7f000001", "0.0.0.1", "0", "127.0.0.2", "::1", "[::1", "[::]",
            "[::1].a", "[::1]a", "[::1%25lo]", "[0:0:0:0:0:0:0:1]", "[::ffff:127.0.0.1]",
            "localhost/a", "localhost#a", "localhost?a", "localhost,a", "localhost a", "ⓛocalhost",
            "localhost:8\u0660",
        )),
    ],
)  # fmt: skip
def test_names_of_this_machine_are_written_exactly_so(host: str, local: bool) -> None:
    headers = Headers(raw=[(b"host", host.encode())])
    assert asks_for_this_machine(headers) is local


def test_two_names_are_none() -> None:
    assert not asks_for_this_machine(Headers(raw=[(b"host", b"localhost")] * 2))
    assert not asks_for_this_machine(Headers(raw=[]))


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2::1", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff:ffff:ffff:ffff", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::1", "2001:db8:1:3::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", ""),
        ("x" * 500, "x" * 64),
    ],
)
def test_one_line_has_one_limit(address: str, network: str) -> None:
    assert network_of(address) == network
