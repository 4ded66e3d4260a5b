"""Why the page does not do what it is asked to: one line, and an HTTP status of 400 to 499."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from bot.errors import CommandError
from bot.rehearsal.loopback.errors import PersonRefusedError


class NotThereError(CommandError):
    """What it names is not there, or not for this person."""


class MalformedError(CommandError):
    """What was sent is not what the page sends."""


class NoAnswerError(CommandError):
    """The bot did not answer in time; in Discord's own words."""

    def __str__(self) -> str:
        return self.what


def status_of(refusal: CommandError) -> int:
    """The HTTP status that a refusal is answered with."""
    match refusal:
        case NotThereError():
            return 404
        case MalformedError():
            return 400
        case NoAnswerError():
            return 424
        case _:
            return 409


@contextmanager
def as_a_client() -> Iterator[None]:
    """What Discord's client would not let a person do is refused in its words.

    Raises:
        CommandError: it would not.
    """
    try:
        yield
    except PersonRefusedError as refused:
        raise CommandError(" ".join(str(refused).split()).rstrip(".")) from refused
