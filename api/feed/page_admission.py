"""Who may hear the figures of a page, and within which reach."""

from __future__ import annotations

from starlette.websockets import WebSocket

from api.access.reach import ACCESS, Access, reach_of
from api.access.rules import WEBSOCKET, rule_for
from api.feed.connections import Connection, Connections
from api.feed.figures import FigureChannels, subscribed
from api.feed.kept_hubs import TooManyChannels
from api.feed.protocol import EXTENSION
from api.feed.route import BAD_HELLO, DENIED, TOO_MANY, Denied, Hello
from api.inbox.sight import recipient_of


class PageAdmission:
    """``connections``: those of the walls as well, so that nobody has more of both, and a session
    that ends is cut off. ``mine``: connections of the same somebody; ``most``: of all."""

    def __init__(
        self, channels: FigureChannels, connections: Connections, most: int, mine: int
    ) -> None:
        self._channels = channels
        self._connections = connections
        connections.after_each_look(channels.leave_idle)
        self._most = most
        self._mine = mine

    async def admit(self, socket: WebSocket, hello: Hello) -> Connection:
        """Who comes was found by the gate: a page has no key of its own. Raises Denied."""
        access: Access = socket.scope[ACCESS]
        who = access.principal
        rule, _, _ = rule_for(WEBSOCKET, socket.scope["path"])
        if hello.token or rule is None or not who.roles & rule.roles:
            raise Denied(DENIED, "sign_in" if who.means == "none" else "role")
        # Before a hub is made: those who have enough would make as many as there can be.
        crowded = who.means != "loopback" and self._connections.of(who) >= self._mine
        if crowded or len(self._connections) >= self._most:
            raise Denied(TOO_MANY, "too many pages, try again later")
        asked = socket.query_params
        try:
            wanted = subscribed(
                reach_of(who, rule.roles),
                asked.get("scopes", ""),
                asked.get("fields", ""),
                recipient_of(who, rule.roles) if asked.get("inbox") == "1" else None,
            )
            hub = self._channels.of(wanted)
        except ValueError as error:
            raise Denied(BAD_HELLO, str(error)) from error
        except TooManyChannels as error:
            raise Denied(TOO_MANY, "too many different pages, try again later") from error
        connection = Connection(who, hub, socket.scope["extensions"][EXTENSION], wanted.reach)
        self._connections.enter(connection)
        return connection

    def leave(self, connection: Connection) -> None:
        """Somebody has gone."""
        self._connections.leave(connection)
