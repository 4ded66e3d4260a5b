"""Listens at an address; where a setting says it, with one line that says why not."""

from __future__ import annotations

import socket
import sys

from bot.errors import ConfigurationError

WAITING = 128
"""Connections that the system takes before the process does."""


def family_of(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET


def cannot_listen(setting: str, address: tuple[str, int], error: OSError | ValueError) -> ConfigurationError:
    """Why nothing can listen there: the address is not this machine's, or in use."""
    reason = error.strerror if isinstance(error, OSError) else "no such name"
    what = f"{setting}: cannot listen on {address[0]}, port {address[1]} ({reason})"
    return ConfigurationError(what, do="Choose another port, or leave it unset")


def open_socket(address: tuple[str, int]) -> socket.socket:
    """A socket that listens there.

    Raises:
        OSError, ValueError: it cannot: the address is not this machine's, or in use.
    """
    listening = socket.socket(family_of(address[0]), socket.SOCK_STREAM)
    try:
        if sys.platform == "win32":  # by default two programs may share a port there
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        else:  # a port that was in use a minute ago is free
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(address)
        listening.listen(WAITING)
    except (OSError, ValueError):
        listening.close()
        raise
    return listening


def listen(setting: str, address: tuple[str, int]) -> socket.socket:
    """A socket that listens where a setting says.

    Raises:
        ConfigurationError: it cannot.
    """
    try:
        return open_socket(address)
    except (OSError, ValueError) as error:
        raise cannot_listen(setting, address, error) from error
