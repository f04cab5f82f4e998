"""Free TCP ports on the loopback interface."""

from __future__ import annotations

import random
import socket
from collections.abc import Iterable

# Below the range from which Linux takes the local ends of outgoing connections (32768 and up):
# a port found free here is not taken a moment later by somebody's client.
_RANGE = range(20_000, 32_000)
_random = random.SystemRandom()


def is_free(port: int, host: str = "127.0.0.1") -> bool:
    """Tell whether a server could listen on the port now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
            probe.listen(1)
        except OSError:
            return False
    return True


def free_ports(count: int, *, preferred: Iterable[int] = (), host: str = "127.0.0.1") -> list[int]:
    """Return that many different free ports, the preferred ones first if they are free.

    A port may be taken between this call and its use: the caller tries again with new ones when
    binding fails. Raises OSError when no free port is found.
    """
    found: list[int] = []
    for port in preferred:
        if len(found) < count and port not in found and is_free(port, host):
            found.append(port)
    attempts = 0
    while len(found) < count:
        attempts += 1
        if attempts > 2_000:
            raise OSError(f"No free port between {_RANGE.start} and {_RANGE.stop} on {host}.")
        port = _random.choice(_RANGE)
        if port not in found and is_free(port, host):
            found.append(port)
    return found
