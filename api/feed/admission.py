"""Who may listen to the feed, and to which part of it."""

from __future__ import annotations

from starlette.websockets import WebSocket

from api.access.audit import AuditLog
from api.access.authentication import Authenticator
from api.access.principal import KeySuspended, NotAccepted, ProviderAway
from api.access.reach import ACCESS, Access, reach_of
from api.access.rules import WEBSOCKET, rule_for
from api.feed.channels import Channels, TooManyChannels
from api.feed.connections import Connection, Connections
from api.feed.hub import Hub
from api.feed.protocol import EXTENSION
from api.feed.route import DENIED, TOO_MANY, Denied


class FeedAdmission:
    """A hello's token outranks what the request brought; every connection hears the hub of
    its reach."""

    def __init__(
        self, authenticator: Authenticator, channels: Channels, most: int, audit: AuditLog
    ) -> None:
        self.connections = Connections(authenticator.still_valid, channels.leave_idle)
        self._authenticator = authenticator
        self._channels = channels
        self._most = most
        self._audit = audit

    async def admit(self, socket: WebSocket, token: str | None) -> tuple[Hub, Connection]:
        """Raises Denied."""
        access: Access = socket.scope[ACCESS]
        who = access.principal
        if token:
            try:
                who = await self._authenticator.authenticate_text(token)
            except KeySuspended as error:
                self._audit.record_suspended(error, socket.scope["path"], 401)
                raise Denied(DENIED, "the key is suspended since a restore") from error
            except (NotAccepted, ProviderAway) as error:
                raise Denied(DENIED, "the key or token is not accepted") from error
        rule, _, _ = rule_for(WEBSOCKET, socket.scope["path"])
        if rule is None or not who.roles & rule.roles:
            raise Denied(DENIED, "sign in, or bring the key of a wall")
        connection = Connection(who, socket.scope["extensions"][EXTENSION])
        mine = self._authenticator.config.feeds_per_key
        if len(self.connections) >= self._most or (
            who.means != "loopback" and self.connections.of(connection) >= mine
        ):
            raise Denied(TOO_MANY, "too many walls, try again later")
        try:
            hub = self._channels.of(reach_of(who, rule.roles))
        except TooManyChannels as error:
            raise Denied(TOO_MANY, "too many different walls, try again later") from error
        self.connections.enter(connection)
        return hub, connection

    def leave(self, connection: Connection) -> None:
        """Somebody has gone."""
        self.connections.leave(connection)
