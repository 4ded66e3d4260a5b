"""Links fetched from websites on this machine: what is asked, what comes back, where it may lead."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Sequence

import pytest
from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import FetchError, ScheduleError
from bot.fetching.fetch import AT_ONCE, MOST_REDIRECTS, Fetched, Fetcher
from tests.fetching.conftest import NAME
from tests.fetching.web import Names, Site, page

FORBIDDEN = "this is no address on the public internet"
ETAG, CHANGED = '"v1"', "Thu, 21 Jul 2022 12:00:00 GMT"


class NoNames(AbstractResolver):
    """A network in which no name is known."""

    def __init__(self, number: int = socket.EAI_NONAME) -> None:
        self.number = number

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        raise socket.gaierror(self.number, "no such name")

    async def close(self) -> None:
        """There is nothing to close."""


async def refused(fetcher: Fetcher, url: str, **given: str) -> FetchError:
    with pytest.raises(FetchError) as caught:
        await fetcher.fetch(url, **given)
    assert caught.value.do
    assert "\n" not in str(caught.value)
    assert "SECRET" not in str(caught.value)
    return caught.value


async def test_content_comes_with_what_tells_whether_it_changed(website: Site, fetcher: Fetcher) -> None:
    website.pages["/"] = page(headers={"ETag": ETAG, "Last-Modified": CHANGED})
    assert await fetcher.fetch(website.url("/?token=SECRET")) == Fetched(b"schedule", ETAG, CHANGED)
    (asked,) = website.requests
    assert asked.query_string == "token=SECRET"
    assert asked.headers["Accept-Encoding"] == "gzip"
    assert not {"If-None-Match", "If-Modified-Since", "Cookie", "Authorization", "Referer"} & set(asked.headers)


async def test_what_has_not_changed_has_no_content(website: Site, fetcher: Fetcher) -> None:
    async def unchanged(asked: web.BaseRequest) -> web.StreamResponse:
        same = asked.headers.get("If-None-Match") == ETAG and asked.headers.get("If-Modified-Since") == CHANGED
        return web.Response(status=304 if same else 200, text="x", headers={"ETag": ETAG, "Last-Modified": CHANGED})

    website.pages["/"] = unchanged
    first = await fetcher.fetch(website.url("/"))
    again = await fetcher.fetch(website.url("/"), etag=first.etag, last_modified=first.last_modified)
    assert again == Fetched(None, ETAG, CHANGED)


async def test_validators_are_kept_when_the_server_does_not_repeat_them(website: Site, fetcher: Fetcher) -> None:
    website.pages["/"] = page(b"", status=304)
    assert await fetcher.fetch(website.url("/"), etag=ETAG, last_modified=CHANGED) == Fetched(None, ETAG, CHANGED)
    error = await refused(fetcher, website.url("/"))
    assert error.what == "it answers 304"


@pytest.mark.parametrize("etag", ["é", "x" * 2_000, ""])
async def test_validators_that_cannot_be_sent_back_are_dropped(website: Site, fetcher: Fetcher, etag: str) -> None:
    website.pages["/"] = page(headers={"ETag": etag})
    assert (await fetcher.fetch(website.url("/"))).etag is None


@pytest.mark.usefixtures("trusted")
async def test_cookies_are_not_kept(secure_site: Site) -> None:
    secure_site.pages["/"] = page(status=302, headers={"Location": "/there", "Set-Cookie": "a=b"})
    secure_site.pages["/there"] = page()
    await Fetcher(allows_loopback=True, resolver=Names([("127.0.0.1",)], port=secure_site.port)).fetch(
        f"https://{NAME}/"
    )
    assert [asked.headers.get("Cookie") for asked in secure_site.requests] == [None, None]


async def test_no_proxy_of_the_environment_is_used(
    website: Site, elsewhere: Site, fetcher: Fetcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", elsewhere.url("/"))
    website.pages["/"] = page()
    await fetcher.fetch(website.url("/"))
    assert elsewhere.connections == 0


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_redirects_are_followed(website: Site, fetcher: Fetcher, status: int) -> None:
    website.redirect("/a/b", "../c?d", status)
    website.pages["/c"] = page(headers={"ETag": ETAG})
    assert await fetcher.fetch(website.url("/a/b"), etag=ETAG) == Fetched(b"schedule", ETAG, None)
    assert [asked.headers["If-None-Match"] for asked in website.requests] == [ETAG, ETAG]


async def test_another_host_is_told_nothing_and_its_validators_are_not_kept(
    website: Site, elsewhere: Site, fetcher: Fetcher
) -> None:
    website.redirect("/", elsewhere.url("/there"))
    elsewhere.pages["/there"] = page(headers={"ETag": '"other"', "Last-Modified": CHANGED})
    fetched = await fetcher.fetch(website.url("/?token=SECRET"), etag=ETAG, last_modified=CHANGED)
    assert fetched == Fetched(b"schedule", None, None)
    (asked,) = elsewhere.requests
    assert not {"If-None-Match", "If-Modified-Since", "Referer"} & set(asked.headers)


@pytest.mark.parametrize("hops", [MOST_REDIRECTS, MOST_REDIRECTS + 1])
async def test_five_redirects_are_enough(website: Site, fetcher: Fetcher, hops: int) -> None:
    for hop in range(hops):
        website.redirect(f"/{hop}", f"/{hop + 1}")
    website.pages[f"/{hops}"] = page()
    if hops == MOST_REDIRECTS:
        assert (await fetcher.fetch(website.url("/0"))).content == b"schedule"
    else:
        assert (await refused(fetcher, website.url("/0"))).what == "it redirects more than 5 times"
    assert len(website.requests) == MOST_REDIRECTS + 1


async def test_a_loop_ends(website: Site, fetcher: Fetcher) -> None:
    website.redirect("/", "/?again")
    assert (await refused(fetcher, website.url("/"))).what == "it redirects more than 5 times"


@pytest.mark.parametrize(
    ("target", "seen", "what"),
    [
        ("https://10.0.0.1/x?SECRET", "https://10.0.0.1/x", FORBIDDEN),
        ("https://[::ffff:a00:1]/", "https://[::ffff:a00:1]/", FORBIDDEN),
        ("https://2130706433/", "https://2130706433/", FORBIDDEN),
        (f"https://{NAME}/", f"https://{NAME}/", FORBIDDEN),
        ("http://169.254.169.254/meta", "http://169.254.169.254/meta", "only https links are fetched"),
        ("http://conf.example/", "http://conf.example/", "only https links are fetched"),
        ("http://localhost/", "http://localhost/", "only https links are fetched"),
        ("https://conf.example:8443/", "https://conf.example:8443/", "port 8443 is not fetched from"),
        ("https://me:SECRET@conf.example/", "https://conf.example/", "this link holds a user name or password"),
    ],
)
async def test_each_redirect_is_checked_anew(website: Site, target: str, seen: str, what: str) -> None:
    website.redirect("/", target)
    error = await refused(Fetcher(allows_loopback=True, resolver=Names([("192.168.1.1",)])), website.url("/?SECRET"))
    assert (error.what, error.where) == (f"it redirects to {seen}: {what}", website.url("/"))
    assert not error.temporary


@pytest.mark.parametrize("target", ["file:///etc/passwd", "javascript:alert(1)", "https://[", "https://", "x" * 3_000])
async def test_redirects_to_what_is_no_link(website: Site, fetcher: Fetcher, target: str) -> None:
    website.redirect("/", target)
    assert (await refused(fetcher, website.url("/"))).what == "it redirects to what is no link"


async def test_a_sheet_that_is_not_shared(website: Site, fetcher: Fetcher) -> None:
    website.redirect("/", "https://accounts.google.com/ServiceLogin?continue=SECRET")
    assert str(await refused(fetcher, website.url("/"))) == (
        f"{website.url('/')}: one has to sign in to read this (it redirects to accounts.google.com). "
        "Publish it, or share it with anyone who has the link."
    )


async def test_a_redirect_to_nowhere(website: Site, fetcher: Fetcher) -> None:
    website.pages["/"] = page(status=302)
    assert (await refused(fetcher, website.url("/"))).what == "it redirects to what is no link"


@pytest.mark.parametrize(
    ("status", "temporary", "what"),
    [
        (401, False, "one has to sign in to read this (it answers 401)"),
        (403, False, "one has to sign in to read this (it answers 403)"),
        (404, False, "nothing is there (it answers 404)"),
        (410, False, "nothing is there (it answers 410)"),
        (400, False, "it answers 400"),
        (204, False, "it answers 204"),
        (206, False, "it answers 206"),
        (408, True, "its server has no answer now (408)"),
        (429, True, "its server has no answer now (429)"),
        (500, True, "its server has no answer now (500)"),
        (503, True, "its server has no answer now (503)"),
    ],
)
async def test_statuses(website: Site, fetcher: Fetcher, status: int, what: str, *, temporary: bool) -> None:
    website.pages["/"] = page(status=status)
    error = await refused(fetcher, website.url("/?SECRET"))
    assert (error.what, error.where, error.temporary) == (what, website.url("/"), temporary)
    assert error.retry_after is None
    assert isinstance(error, ScheduleError)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "120"}, 120),
        ({"Retry-After": "99999999999999999999"}, 3_600),
        ({"Retry-After": "-5"}, None),
        ({"Retry-After": "soon"}, None),
        ({"Retry-After": "Thu, 21 Jul 2022 12:10:00 GMT", "Date": CHANGED}, 600),
        ({"Retry-After": "Thu, 21 Jul 2022 11:00:00 GMT", "Date": CHANGED}, 0),
        ({"Retry-After": "Thu, 21 Jul 2022 11:00:00 GMT", "Date": "today"}, None),
        ({"Retry-After": "Thu, 21 Jul 2022 12:10:00", "Date": CHANGED}, None),
    ],
)
async def test_when_to_ask_again(website: Site, fetcher: Fetcher, headers: dict[str, str], seconds: int | None) -> None:
    website.pages["/"] = page(status=503, headers=headers)
    error = await refused(fetcher, website.url("/"))
    assert (error.temporary, error.retry_after) == (True, seconds)


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "127.1", "[::1]", "[::ffff:127.0.0.1]", NAME, "0.0.0.0"]  # noqa: S104 - refused
)  # fmt: skip
async def test_without_the_exemption_this_machine_is_never_connected_to(website: Site, host: str) -> None:
    strict = Fetcher(allows_loopback=False, resolver=Names([("127.0.0.1",)], port=website.port))
    for url in (f"http://{host}:{website.port}/", f"https://{host}:{website.port}/", f"https://{host}/"):
        assert not (await refused(strict, url)).temporary
    assert website.connections == 0


async def test_a_name_that_is_rebound_is_not_followed(website: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[object] = []

    async def connect(addr_infos: Sequence[tuple[object, ...]], **_: object) -> None:
        tried.extend(each[-1] for each in addr_infos)
        raise OSError("no network in tests")

    monkeypatch.setattr("aiohappyeyeballs.start_connection", connect)
    names = Names([("8.8.8.8",), ("127.0.0.1",)], port=website.port)
    strict = Fetcher(allows_loopback=False, resolver=names)
    first = await refused(strict, f"https://{NAME}/")
    assert (first.what, tried) == ("it cannot be reached now", [("8.8.8.8", website.port)])
    assert names.asked == [NAME]  # what is connected to is what this one answer said
    second = await refused(strict, f"https://{NAME}/")
    assert second.what == FORBIDDEN
    assert (len(tried), len(names.asked), website.connections) == (1, 2, 0)


@pytest.mark.usefixtures("trusted")
async def test_a_name_that_is_rebound_between_redirects_is_not_followed(secure_site: Site) -> None:
    secure_site.redirect("/", "/again")
    names = Names([("127.0.0.1",), ("10.0.0.1",)], port=secure_site.port)
    error = await refused(Fetcher(allows_loopback=True, resolver=names), f"https://{NAME}/")
    assert error.what == f"it redirects to https://{NAME}/again: {FORBIDDEN}"
    assert secure_site.connections == 1


@pytest.mark.usefixtures("trusted")
async def test_a_certificate_is_checked_against_the_name(secure_site: Site) -> None:
    secure_site.pages["/"] = page()
    fetcher = Fetcher(allows_loopback=True, resolver=Names([("127.0.0.1",)], port=secure_site.port))
    assert (await fetcher.fetch(f"https://{NAME}/")).content == b"schedule"
    for url in ("https://other.example/", secure_site.url("/")):
        assert (await refused(fetcher, url)).what == "no secure connection can be made to it"


async def test_a_certificate_that_nobody_trusts(secure_site: Site, fetcher: Fetcher) -> None:
    error = await refused(fetcher, secure_site.url("/"))
    assert (error.what, error.temporary) == ("no secure connection can be made to it", True)
    assert secure_site.requests == []


async def test_https_where_only_http_is_spoken(website: Site, fetcher: Fetcher) -> None:
    error = await refused(fetcher, website.url("/").replace("http:", "https:"))
    assert error.what == "no secure connection can be made to it"


@pytest.mark.parametrize(
    ("number", "what", "temporary"),
    [
        (socket.EAI_NONAME, "there is no such website", False),
        (socket.EAI_AGAIN, "it cannot be reached now", True),
    ],
)
async def test_names_that_are_not_known(number: int, what: str, *, temporary: bool) -> None:
    error = await refused(Fetcher(allows_loopback=False, resolver=NoNames(number)), f"https://{NAME}/?SECRET")
    assert (error.what, error.where, error.temporary) == (what, f"https://{NAME}/", temporary)


async def test_a_name_without_addresses() -> None:
    error = await refused(Fetcher(allows_loopback=False, resolver=Names([()])), f"https://{NAME}/")
    assert error.what == "there is no such website"


async def test_nobody_is_there(fetcher: Fetcher) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        url = f"http://127.0.0.1:{taken.getsockname()[1]}/"
    error = await refused(fetcher, url)
    assert (error.what, error.temporary) == ("it cannot be reached now", True)


@given(st.text() | st.from_regex(r"https://[^/ ]{0,20}@?[a-z.:\[\]]{0,9}/?[^\n]{0,9}"))
def test_whatever_is_typed_is_an_error_and_nothing_else(text: str) -> None:
    asyncio.run(refused(Fetcher(allows_loopback=False, resolver=NoNames()), text))


async def test_few_links_are_fetched_at_a_time() -> None:
    asked: list[str] = []
    held = asyncio.Event()

    class Slow(NoNames):
        async def resolve(
            self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
        ) -> list[ResolveResult]:
            asked.append(host)
            await held.wait()
            return await super().resolve(host, port, family)

    fetcher = Fetcher(allows_loopback=False, resolver=Slow())
    fetches = [asyncio.create_task(refused(fetcher, f"https://{NAME}/{number}")) for number in range(3 * AT_ONCE)]
    turn = asyncio.Event()
    for _ in range(50):
        asyncio.get_running_loop().call_soon(turn.set)
        await turn.wait()
        turn.clear()
    assert len(asked) == AT_ONCE
    held.set()
    await asyncio.gather(*fetches)
    assert len(asked) == 3 * AT_ONCE
