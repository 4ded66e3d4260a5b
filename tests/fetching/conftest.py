"""A website, and a fetcher that may go to it."""

from __future__ import annotations

import shutil
import ssl
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.fetching.fetch import Fetcher
from tests.fetching.web import Site, site

NAME = "talks.example"


@pytest.fixture
async def website() -> AsyncIterator[Site]:
    async with site() as there:
        yield there


@pytest.fixture
async def elsewhere() -> AsyncIterator[Site]:
    """Another website: another port is another origin."""
    async with site() as there:
        yield there


@pytest.fixture
def fetcher() -> Fetcher:
    return Fetcher(allows_loopback=True)


@pytest.fixture
def strict() -> Fetcher:
    """As the bot fetches."""
    return Fetcher(allows_loopback=False)


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A certificate for `NAME` that nobody trusts, and its key."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("a certificate is made with openssl")
    folder = tmp_path_factory.mktemp("certificate")
    made, key = folder / "made.pem", folder / "key.pem"
    subprocess.run(  # noqa: S603 - with nothing from elsewhere
        [openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN={NAME}",
         "-addext", f"subjectAltName=DNS:{NAME}", "-keyout", str(key), "-out", str(made)],
        check=True, capture_output=True,
    )  # fmt: skip
    return made, key


@pytest.fixture
async def secure_site(certificate: tuple[Path, Path]) -> AsyncIterator[Site]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    async with site(context) as there:
        yield there


@pytest.fixture
def trusted(certificate: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    """Let aiohttp trust the certificate, for its name only."""
    monkeypatch.setattr("aiohttp.connector._SSL_CONTEXT_VERIFIED", ssl.create_default_context(cafile=certificate[0]))
