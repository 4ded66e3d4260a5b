"""Files that are written together into a folder: all of them or none, each under another name until it is whole."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from bot.errors import ConfigurationError


def check_free(folder: Path, names: list[str], *, force: bool) -> None:
    """See that nothing is in the way, before anything is read.

    Raises:
        ConfigurationError: it is no folder, or holds such a file already and `force` does not replace it.
    """
    with _told(folder):
        if folder.exists() and not folder.is_dir():
            raise ConfigurationError("it is a file, not a folder", where=str(folder), do="Name a folder with --out")
        folders = [name for name in names if (folder / name).is_dir()]
        there = folders if force else [name for name in names if os.path.lexists(folder / name)]
    if there:
        others = f" and {len(there) - 1} more of its files" if len(there) > 1 else ""
        raise ConfigurationError(
            f"there is a {there[0]} already{others}",
            where=str(folder),
            do="Name another folder with --out" + ("" if folders else ", or replace them with --force"),
        )


def write_together(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write the files, into a folder that is made if it is missing; where something fails, none is left half written.

    Raises:
        ConfigurationError: it cannot be written there.
    """
    with _told(folder):
        missing = [path for path in (folder, *folder.parents) if not path.exists()]
        folder.mkdir(parents=True, exist_ok=True)
        try:
            # within, so that each takes its name in one step; the umask decides who may read it, as for any file
            with tempfile.TemporaryDirectory(prefix=".chairside-", dir=folder) as made:
                for name, content in files.items():
                    (Path(made) / name).write_bytes(content)
                for name in files:
                    (Path(made) / name).replace(folder / name)
        except BaseException:
            for path in missing:
                _remove_if_empty(path)
            raise


def _remove_if_empty(folder: Path) -> None:
    if folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()


@contextmanager
def _told(folder: Path) -> Iterator[None]:
    """Say in one line what the system refuses.

    Raises:
        ConfigurationError: it refused.
    """
    try:
        yield
    except OSError as error:
        raise ConfigurationError(
            f"it cannot be written there ({error.strerror})",
            where=str(folder),
            do="Name another folder with --out",
        ) from error
