"""A folder where nothing may be written, also for root, to whom its mode means nothing."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch


@contextmanager
def nothing_may_be_written(folder: Path) -> Iterator[None]:
    asked = os.access

    def access(path: str | Path, mode: int) -> bool:
        return asked(path, mode) and not (mode == os.W_OK and Path(path) == folder.resolve())

    mode = folder.stat().st_mode
    folder.chmod(0o555)
    try:
        with patch("os.access", access):
            yield
    finally:
        folder.chmod(mode)
