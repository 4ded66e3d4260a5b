"""From an HTTP request to its answer: faults, authorization, rate limits, body, handler, headers, log."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from aiohttp import BodyPartReader, web

from bot.rehearsal.loopback.errors import ApiError, RateLimitedError, unauthorized
from bot.rehearsal.loopback.faults import Faults, drop
from bot.rehearsal.loopback.hub import RequestServed
from bot.rehearsal.loopback.rest.call import Answer, Call, Route
from bot.rehearsal.loopback.rest.rate_limits import VIA, RateLimits
from bot.rehearsal.loopback.validation.form import invalid
from bot.rehearsal.loopback.world.messages import Upload

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from bot.rehearsal.loopback.requests import RequestLog
    from bot.rehearsal.loopback.world.world import World

BASE = "/api/v10"
_INVALID = (401, 403, 429)
_JSON = "application/json"


@dataclass(frozen=True, slots=True)
class Pipeline:
    """What every request passes through, whatever it asks."""

    world: World
    limits: RateLimits
    faults: Faults
    log: RequestLog

    def serve(self, route: Route) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        """The aiohttp handler for a route."""

        async def handle(request: web.Request) -> web.StreamResponse:
            return await self._serve(request, route)

        return handle

    async def _serve(self, request: web.Request, route: Route | None) -> web.StreamResponse:
        began, at = asyncio.get_running_loop().time(), self.world.moments.now()
        path = request.path.removeprefix(BASE)
        line = f"{request.method} {path}"
        status, response = 0, web.Response()
        if not self.faults.is_down:
            refusal = await self.faults.before(line)
            response = web.Response(status=refusal) if refusal else await self._answer(request, route)
            status = response.status
        if self.faults.loses(line):
            drop(request.transport)
            status = 0
        seconds = asyncio.get_running_loop().time() - began
        self.log.add(RequestServed(request.method, path, status, at, seconds))
        return response

    async def unserved(self, request: web.Request) -> web.StreamResponse:
        """What the loopback does not know: 404, as Discord answers for what it does not know."""
        return await self._serve(request, None)

    async def attachment(self, request: web.Request) -> web.StreamResponse:
        """A file that hangs on a message, for anybody who knows its address."""
        found = self.world.files.get(int(request.match_info["file"]))
        if found is None or self.faults.is_down:
            return web.Response(status=404, text="This content is no longer available.")
        return web.Response(body=found.data, headers={"Content-Type": found.content_type})

    async def _answer(self, request: web.Request, route: Route | None) -> web.Response:
        if route is None:
            return _refuse(ApiError(404, 0, "404: Not Found"), VIA)
        headers: Mapping[str, str] = VIA
        try:
            if self.limits.banned:
                return web.Response(status=429, text="error code: 1015")
            headers = self._admit(request, route)
            body, files = await _read(request)
            call = Call(self.world, self.limits, request.match_info, request.query, body, files)
            return _respond(route.handler(call), headers)
        except RateLimitedError as error:
            self.limits.note_invalid()
            return _refuse(error, error.headers)
        except ApiError as error:
            if error.status in _INVALID:
                self.limits.note_invalid()
            return _refuse(error, headers)

    def _admit(self, request: web.Request, route: Route) -> Mapping[str, str]:
        if not route.by_token:
            token = self.world.application.token
            if self.faults.token_revoked or request.headers.get("Authorization") != f"Bot {token}":
                raise unauthorized()
            self.limits.take_global(token)
        return self.limits.take(route.bucket, route.limit, route.major(request.match_info))


def _respond(answer: Answer, headers: Mapping[str, str]) -> web.Response:
    if answer.payload is None:
        return web.Response(status=204, headers=headers)
    return web.Response(body=_dump(answer.payload), status=answer.status, content_type=_JSON, headers=headers)


def _refuse(error: ApiError, headers: Mapping[str, str]) -> web.Response:
    return web.Response(body=_dump(error.body), status=error.status, content_type=_JSON, headers=headers)


def _dump(payload: object) -> bytes:
    return json.dumps(payload, separators=(",", ":")).encode()


async def _read(request: web.Request) -> tuple[Any, dict[int, Upload]]:
    if not request.can_read_body:
        return None, {}
    if request.content_type.startswith("multipart/"):
        return await _read_parts(request)
    if request.content_type != _JSON:
        raise invalid("_", "CONTENT_TYPE_INVALID", f'Expected "Content-Type" header to be one of {{"{_JSON}"}}.')
    return _load(await request.read()), {}


async def _read_parts(request: web.Request) -> tuple[Any, dict[int, Upload]]:
    body: Any = {}
    files: dict[int, Upload] = {}
    async for part in await request.multipart():
        if not isinstance(part, BodyPartReader):
            continue
        name, data = part.name or "", bytes(await part.read())
        if name == "payload_json":
            body = _load(data)
        elif name.startswith("files["):
            files[int(name.removeprefix("files[").rstrip("]"))] = Upload(part.filename or "file", data)
    return body, files


def _load(data: bytes) -> Any:  # noqa: ANN401 - whatever JSON holds
    try:
        return json.loads(data)
    except ValueError:
        raise ApiError(400, 50109, "The request body contains invalid JSON.") from None
