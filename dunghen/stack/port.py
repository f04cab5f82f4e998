"""The port that the API of a stack listens on."""

from __future__ import annotations

from dossiers.errors import UserError
from dunghen.settings.installation import Installation
from dunghen.terminal.masking import masked
from infra.ports import free_ports, is_free


def choose_port(installation: Installation) -> int:
    """The API's port: the one asked for, which must be free, or any free one."""
    host, port = installation.settings.api.host, installation.settings.api.port
    if port == 0:
        try:
            return free_ports(1, host=host)[0]
        except OSError as error:
            raise UserError(
                f"Nothing can listen on {masked(host)}.",
                "Set api.host to the name or address of an interface of this machine.",
            ) from error
    if not is_free(port, host):
        raise UserError(
            f"Port {port} on {host} is taken by another program.",
            "Give another one with --port, or none: then a free one is chosen.",
        )
    return port
