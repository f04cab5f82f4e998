"""Who may listen to the feed, and to which part of it."""

from __future__ import annotations

import asyncio

from starlette.websockets import WebSocket

from api.access.audit import AuditLog
from api.access.authentication import Authenticator
from api.access.principal import NotAccepted, Principal, ProviderAway
from api.access.reach import ACCESS, Access, Reach, key_reach, reach_of
from api.access.rules import WEBSOCKET, rule_for
from api.feed.channels import Channels
from api.feed.connections import Connection, Connections, cut
from api.feed.displays import Display, Displays, NotShown
from api.feed.hub import Hub, message_frame
from api.feed.kept_hubs import TooManyChannels
from api.feed.protocol import EXTENSION
from api.feed.route import DENIED, GONE, TOO_EARLY, TOO_MANY, Denied, Hello

TURN = 1.0  # s between two looks whether a named wall has changed, or the next part's turn has come


class FeedAdmission:
    """A hello's token outranks what the request brought; every connection hears the hub of its
    reach, and of a named wall what that shows of it."""

    def __init__(
        self,
        authenticator: Authenticator,
        channels: Channels,
        displays: Displays,
        most: int,
        audit: AuditLog,
    ) -> None:
        self.connections = Connections(authenticator.ended)
        self.connections.after_each_look(channels.leave_idle)
        self._authenticator = authenticator
        self._channels = channels
        self._displays = displays
        self._most = most
        self._audit = audit

    async def admit(self, socket: WebSocket, hello: Hello) -> Connection:
        """Raises Denied."""
        who = await self._known(socket, hello.token)
        rule, _, _ = rule_for(WEBSOCKET, socket.scope["path"])
        if rule is None or not who.roles & rule.roles:
            raise Denied(DENIED, "sign_in" if who.means == "none" else "role")
        name = hello.wall or ""
        if who.wall and who.wall != name:
            raise Denied(DENIED, f"wall_elsewhere {who.wall}")
        reach = key_reach(who) if who.wall else reach_of(who, rule.roles)
        display = self._display(reach, name) if name else None
        mine = self._authenticator.config.feeds_per_key
        if len(self.connections) >= self._most or (
            who.means != "loopback" and self.connections.of(who) >= mine
        ):
            raise Denied(TOO_MANY, "too many walls, try again later")
        try:
            hub = self._hub(reach, display)
        except TooManyChannels as error:
            raise Denied(TOO_MANY, "too many different walls, try again later") from error
        connection = Connection(who, hub, socket.scope["extensions"][EXTENSION], reach, display)
        self.connections.enter(connection)
        return connection

    async def _known(self, socket: WebSocket, token: str | None) -> Principal:
        access: Access = socket.scope[ACCESS]
        if not token:
            return access.principal
        try:
            return await self._authenticator.authenticate_text(token)
        except NotAccepted as error:
            self._audit.record_suspended(error, socket.scope["path"], 401)
            raise Denied(DENIED, error.why) from error
        except ProviderAway as error:
            raise Denied(DENIED, "provider_away") from error

    def _display(self, reach: Reach, name: str) -> Display:
        if not self._displays.known():
            raise Denied(TOO_EARLY, "the topics are being read, try again")
        try:
            return self._displays.show(reach, name)
        except NotShown as error:
            raise Denied(GONE if error.gone else DENIED, error.why) from error

    def _hub(self, reach: Reach, display: Display | None) -> Hub:
        if display is None:
            return self._channels.of(reach)
        return self._channels.of(display.reach, display.wall.officer_names)

    async def turns(self) -> None:
        """Keep displays of named walls up with their settings and turns, until cancelled."""
        while True:
            await asyncio.sleep(TURN)
            self.turn()

    def turn(self) -> None:
        """Bring every display of a named wall to what it should show now."""
        for connection in self.connections.of_walls():
            try:
                self._bring(connection)
            except NotShown as error:
                cut(connection, GONE if error.gone else DENIED, error.why)
            except TooManyChannels:
                cut(connection, TOO_MANY, "too many different walls, try again later")

    def _bring(self, connection: Connection) -> None:
        before, transport = connection.display, connection.transport
        if before is None or transport is None:
            return
        display = self._displays.show(connection.reach, before.name)
        self._displays.warm(connection.reach, display)
        hub = self._hub(connection.reach, display)
        if display == before and hub is connection.hub:
            return
        connection.display = display
        if transport.is_closing():
            return
        transport.write(message_frame(display.message()))
        if hub is not connection.hub:
            connection.hub.leave(transport)
            connection.hub = hub
            hub.join(transport, None, None)

    def leave(self, connection: Connection) -> None:
        """Somebody has gone."""
        self.connections.leave(connection)
