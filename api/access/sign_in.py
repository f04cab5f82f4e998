"""Sign-in with OpenID Connect: authorization code with PKCE, state and nonce (RFC 9700)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import time
from collections.abc import Callable
from urllib.parse import quote, urlencode

import httpx

from api.access.config import Provider
from api.access.principal import NotAccepted, Principal
from api.access.provider import ProviderFiles
from api.access.sessions import ATTEMPT_SECONDS, CALLBACK, Cookies, SignInAttempt
from api.access.tokens import TokenReader

_AGAIN = "The sign-in did not succeed: begin it again."


class SignIn:
    """One provider. ``begin`` makes the address to go to, ``finish`` takes what comes back."""

    def __init__(
        self,
        provider: Provider,
        files: ProviderFiles,
        tokens: TokenReader,
        cookies: Cookies,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._provider = provider
        self._files = files
        self._tokens = tokens
        self._cookies = cookies
        self._clock = clock

    async def begin(self, home: str, goal: str) -> tuple[str, SignInAttempt]:
        """Where to send the browser, and what it keeps meanwhile. ``home``: our own origin.
        Raises ProviderAway."""
        metadata = await self._files.metadata()
        attempt = SignInAttempt(
            state=secrets.token_urlsafe(24),
            nonce=secrets.token_urlsafe(24),
            verifier=secrets.token_urlsafe(48),
            goal=goal,
            until=self._clock() + ATTEMPT_SECONDS,
        )
        digest = hashlib.sha256(attempt.verifier.encode()).digest()
        query = urlencode(
            {
                "response_type": "code",
                "client_id": self._provider.client_id,
                "redirect_uri": home + CALLBACK,
                "scope": self._provider.scope
                if "openid" in self._provider.scope.split()
                else f"openid {self._provider.scope}",
                "state": attempt.state,
                "nonce": attempt.nonce,
                "code_challenge": base64.urlsafe_b64encode(digest).decode().rstrip("="),
                "code_challenge_method": "S256",
            }
        )
        address = metadata["authorization_endpoint"]
        return f"{address}{'&' if '?' in address else '?'}{query}", attempt

    async def finish(
        self, home: str, attempt: SignInAttempt | None, state: str, code: str, issuer: str
    ) -> Principal:
        """Who has signed in. Raises NotAccepted, ProviderAway. An attempt is good for one try."""
        if attempt is None or not code or not self._is_ours(attempt, state, issuer):
            raise NotAccepted(_AGAIN)
        token = await self._token(home, attempt, code)
        claims = await self._tokens.claims(token, self._provider.client_id)
        nonce, party = claims.get("nonce"), claims.get("azp", self._provider.client_id)
        if (
            not isinstance(nonce, str)
            or not hmac.compare_digest(nonce.encode(), attempt.nonce.encode())
            or party != self._provider.client_id
        ):
            raise NotAccepted(_AGAIN)
        return self._tokens.principal(claims)

    def _is_ours(self, attempt: SignInAttempt, state: str, issuer: str) -> bool:
        """Whether what came back belongs to an attempt that is not over; the attempt then is."""
        return (
            attempt.until >= self._clock()
            and hmac.compare_digest(attempt.state.encode(), state.encode())
            and issuer in ("", self._provider.issuer)
            and self._cookies.end(attempt.state, attempt.until)
        )

    async def _token(self, home: str, attempt: SignInAttempt, code: str) -> str:
        """The ID token for a code. Raises NotAccepted, ProviderAway."""
        answer = await self._files.post(
            (await self._files.metadata())["token_endpoint"],
            {
                "grant_type": "authorization_code",
                "code": code,
                "redirect_uri": home + CALLBACK,
                "client_id": self._provider.client_id,
                "code_verifier": attempt.verifier,
            },
            self._own(),
        )
        token = answer.get("id_token")
        if not isinstance(token, str):
            raise NotAccepted(_AGAIN)
        return token

    def _own(self) -> httpx.Auth | None:
        """Our own secret, form-encoded first as RFC 6749 asks; a public client has none."""
        if not self._provider.client_secret:
            return None
        return httpx.BasicAuth(
            quote(self._provider.client_id, safe=""), quote(self._provider.client_secret, safe="")
        )
