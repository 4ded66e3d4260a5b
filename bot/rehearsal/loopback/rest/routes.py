"""All routes, and the web application that serves them together with the gateway and the files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

from bot.rehearsal.loopback.rest import (
    account,
    channels,
    commands,
    interactions,
    messages,
    scheduled_events,
    servers,
    stages,
    threads,
)
from bot.rehearsal.loopback.rest.call import Answer, Call, Route
from bot.rehearsal.loopback.rest.pipeline import BASE, Pipeline

if TYPE_CHECKING:
    from bot.rehearsal.loopback.gateway.gateway import Gateway

MAX_REQUEST = 26 * 1024 * 1024

ROUTES: tuple[Route, ...] = (
    *interactions.ROUTES,
    *messages.ROUTES,
    *channels.ROUTES,
    *threads.ROUTES,
    *account.ROUTES,
    *commands.ROUTES,
    *servers.ROUTES,
    *scheduled_events.ROUTES,
    *stages.ROUTES,
)


def build(pipeline: Pipeline, gateway: Gateway) -> web.Application:
    """The web application: REST under /api/v10, WebSockets at /gateway, files under /attachments."""
    app = web.Application(client_max_size=MAX_REQUEST)
    for route in (*ROUTES, *_gateway_routes(gateway)):
        app.router.add_route(route.method, BASE + route.path, pipeline.serve(route))
    app.router.add_route("*", f"{BASE}/{{rest:.*}}", pipeline.unserved)
    app.router.add_get("/gateway", gateway.accept)
    app.router.add_get("/gateway/", gateway.accept)
    app.router.add_get(r"/attachments/{channel}/{file:\d+}/{name}", pipeline.attachment)
    return app


def _gateway_routes(gateway: Gateway) -> tuple[Route, ...]:
    def address(call: Call) -> Answer:
        del call
        return Answer({"url": gateway.url})

    def address_for_bots(call: Call) -> Answer:
        del call
        return Answer(gateway.address())

    return Route("GET", "/gateway", address), Route("GET", "/gateway/bot", address_for_bots)
