"""Where the real schedules are that some tests read; they are data of others and not part of this repository."""

from __future__ import annotations

from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[2] / "shared" / "schedules"

needs_shared = pytest.mark.skipif(not SHARED.is_dir(), reason=f"the real schedules are not at {SHARED}")
