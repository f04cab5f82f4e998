"""How Faust's clients log in, from the settings that all other clients take."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from typing import Any

import faust

from broker.errors import BrokerError
from broker.settings import UserSettings, client_settings

_MECHANISMS = frozenset({"PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"})


def faust_options(bootstrap: str, user: UserSettings) -> dict[str, Any]:
    """Keyword arguments for ``faust.App``: the broker, and how to log in there. Raises BrokerError
    for what Faust cannot do."""
    client = client_settings(bootstrap, user, {})
    return {"broker": f"kafka://{bootstrap}", **_credentials(client)}


def _credentials(client: Mapping[str, object]) -> dict[str, Any]:
    protocol = str(client.get("security.protocol", "plaintext")).lower()
    if protocol == "plaintext":
        return {}
    if protocol not in {"ssl", "sasl_plaintext", "sasl_ssl"}:
        raise BrokerError(f"The security protocol {protocol} is unknown; use ssl or sasl_ssl.")
    context = _tls(client) if protocol.endswith("ssl") else None
    if protocol == "ssl":
        return {"broker_credentials": faust.SSLCredentials(context)}
    mechanism = str(client.get("sasl.mechanism", client.get("sasl.mechanisms", "PLAIN"))).upper()
    if mechanism not in _MECHANISMS:
        raise BrokerError(
            f"The worker cannot log in with {mechanism}; it knows {', '.join(sorted(_MECHANISMS))}."
        )
    credentials = faust.SASLCredentials(
        username=str(client.get("sasl.username", "")),
        password=str(client.get("sasl.password", "")),
        mechanism=mechanism,
        ssl_context=context,
    )
    return {"broker_credentials": credentials}


def _tls(client: Mapping[str, object]) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=_text(client, "ssl.ca.location"))
    certificate = _text(client, "ssl.certificate.location")
    if certificate is not None:
        context.load_cert_chain(certificate, _text(client, "ssl.key.location"))
    return context


def _text(client: Mapping[str, object], name: str) -> str | None:
    value = client.get(name)
    return None if value in (None, "") else str(value)
