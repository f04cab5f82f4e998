"""Names of this machine, and by which part of an address a caller is limited."""

from __future__ import annotations

import pytest
from starlette.datastructures import Headers

from api.access.origins import asks_for_this_machine, forwarded, network_of


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
            "localhost:8\u0660", "localhost:65536", "localhost:0", "localhost:080",
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


# Of each kind of server in between, what gives it away.
SPOKEN_FOR = """
Forwarded Forwarded-For X-Forwarded X-Forwarded-For X_Forwarded_For X-Forwarded-Client-Cert
X-Forward-For X-Original-Forwarded-For CloudFront-Forwarded-Proto Fly-Forwarded-Port
X-Lb-Forwarded Via X-Bluecoat-Via Max-Forwards Proxy-Authorization Proxy-Connection X-Proxied-For
X-ProxyUser-Ip WL-Proxy-Client-IP WL-Proxy-SSL X-NginX-Proxy Client-IP Client_Ip True-Client-IP
X-True-IP X-IP X-ClientIP X-Azure-SocketIP X-Azure-FDID CF-Connecting-IPv6 CF-Ray CF-Visitor
CDN-Loop CDN-Src-IP Remote-Addr Remote-User X-Remote-User CloudFront-Viewer-Address
X-Envoy-External-Address X-Client-Address X-Client-Port X-Real-Port X-Cdn-Src-Port
X-SSL-Client-Verify SSL-Client-Cert X-Client-Cert X-ARR-ClientCert X-SSL X-Https Front-End-Https
X-Scheme X-Url-Scheme X-Host Akamai-Origin-Hop X-Akamai-Edgescape Fastly-FF Surrogate-Capability
X-Varnish X-Amzn-Trace-Id X-Amz-Cf-Id X-Cloud-Trace-Context X-Goog-Iap-Jwt-Assertion
X-MS-Client-Principal DISGUISED-HOST X-SITE-DEPLOYMENT-ID X-Request-Start X-Heroku-Queue-Depth
X-Sucuri-Country X-Iinfo Incap-Client-IP Tailscale-User-Login Ngrok-Trace-Id
X-Pomerium-Claim-Email X-Auth-Request-User X-Kong-Request-Id X-Rewrite-URL X-Ingress-Path
X-Comming-From Eagleeye-TraceId X-Vercel-Id X-NF-Request-ID
"""
# What browsers, curl, Prometheus and those who post send themselves.
OF_THEIR_OWN = """
Host User-Agent Accept Accept-Encoding Accept-Language Authorization Cache-Control Connection
Cookie Content-Length Content-Type DNT If-Modified-Since If-None-Match Origin Pragma Priority
Range Referer Save-Data Sec-CH-UA Sec-Fetch-Site Sec-GPC Sec-Purpose Sec-WebSocket-Key TE
Transfer-Encoding Expect Upgrade Upgrade-Insecure-Requests Device-Memory Downlink Viewport-Width
X-API-Key X-CSRF-Token X-Requested-With X-Request-ID X-Prometheus-Scrape-Timeout-Seconds
Traceparent Last-Event-ID From
"""


@pytest.mark.parametrize("name", str.split(SPOKEN_FOR))
def test_a_header_of_a_server_in_between_gives_it_away(name: str) -> None:
    assert forwarded([name.lower()])


def test_what_a_caller_sends_itself_speaks_for_nobody() -> None:
    assert [name for name in OF_THEIR_OWN.split() if forwarded([name])] == []
