"""Everything Chairside refuses, as one tree.

ChairsideError            what is wrong, where, and what to do about it; shown to people as one line
├── ScheduleError         a file or page that cannot be read as a schedule
│   ├── ScheduleQuestion  readable, but something would have to be guessed: names the option that settles it
│   └── FetchError        a link from which nothing comes: says whether trying again later may help
├── ConfigurationError    settings the bot cannot start with
├── DatabaseError         a store that cannot be opened or migrated
├── DrawingError          a picture that cannot be drawn
├── LogError              a recorded session that cannot be replayed
└── CommandError          a command or button that makes no sense right now
    └── NotAllowedError   one that this person may not use: says who may
"""

from __future__ import annotations

from collections.abc import Sequence


class ChairsideError(Exception):
    """A refusal that a person can act on.

    Attributes:
        what: what is wrong, a clause without a full stop.
        where: the place it was found (a line, a row, a channel), or None.
        do: what to do about it, a sentence without a full stop, or a question with its mark, or None.
    """

    def __init__(self, what: str, *, where: str | None = None, do: str | None = None) -> None:
        self.what = what
        self.where = where
        self.do = do
        super().__init__(str(self))

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        remedy = f". {self.do}" if self.do else ""
        stop = "" if remedy.endswith("?") else "."
        return " ".join(f"{place}{self.what}{remedy}{stop}".split())


class ScheduleError(ChairsideError):
    """A file or page that cannot be read as a schedule; nothing was stored."""


class ScheduleQuestion(ScheduleError):  # noqa: N818 - it asks, it does not fail
    """Reading on would mean guessing; `option` names the import option that settles it (`timezone`, `year`)."""

    def __init__(self, what: str, *, option: str, where: str | None = None, do: str | None = None) -> None:
        self.option = option
        super().__init__(what, where=where, do=do)


class FetchError(ScheduleError):
    """A link from which no schedule comes.

    Attributes:
        temporary: trying the same again later may help; otherwise somebody has to change something first.
        retry_after: after how many seconds the server wants to be asked again, None if it does not say.
    """

    def __init__(
        self,
        what: str,
        *,
        where: str | None = None,
        do: str | None = None,
        temporary: bool = False,
        retry_after: int | None = None,
    ) -> None:
        self.temporary = temporary
        self.retry_after = retry_after
        super().__init__(what, where=where, do=do)


class ConfigurationError(ChairsideError):
    """Settings the bot cannot start with.

    Attributes:
        also: others that are wrong at the same time, each of which is a line of its own.
    """

    def __init__(
        self,
        what: str,
        *,
        where: str | None = None,
        do: str | None = None,
        also: Sequence[ConfigurationError] = (),
    ) -> None:
        self.also = tuple(also)
        super().__init__(what, where=where, do=do)


class DatabaseError(ChairsideError):
    """A store that cannot be opened or migrated."""


class DrawingError(ChairsideError):
    """A picture that cannot be drawn; what it would show can still be told in words."""


class LogError(ChairsideError):
    """A recorded session that cannot be replayed."""


class CommandError(ChairsideError):
    """A command or button that makes no sense right now, or that this person may not use."""


class NotAllowedError(CommandError):
    """A command or button that this person may not use.

    Attributes:
        user_ids, role_id: who may, as far as they are known by name.
    """

    def __init__(
        self, what: str, *, do: str | None = None, user_ids: tuple[int, ...] = (), role_id: int | None = None
    ) -> None:
        self.user_ids = user_ids
        self.role_id = role_id
        super().__init__(what, do=do)
