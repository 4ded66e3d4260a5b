"""What a log line about a delivery says it is about, beside its words."""

from __future__ import annotations

from db.tables import Delivery


def logged(row: Delivery) -> dict[str, object]:
    """For `extra`; Discord's ids as text, since many readers of JSON round them."""
    return {"delivery": row.id, "session": row.session_id, "server": str(row.server_id), "kind": row.kind}
