"""Writes docs/permissions.md from the table of permissions: `python -m bot.permissions_page > docs/permissions.md`."""

from __future__ import annotations

from bot.rules.permissions import ACTIONS, Action, Audience, Role, Way, allowed_to

HEAD = """# Who may do what

Written by `make permissions` from the table in bot/rules/permissions.py, which the bot itself checks by and
tests/journeys/test_permissions.py tries, row by row, for each kind of person.

- A *manager* has Discord's Manage Server on this server.
- A *moderator* has the moderators' role (`/setup moderators`) or is named for the session (`/session handover`).
  Another session's moderator counts as anybody else.
- A *speaker* is linked with the talk that it is about (`/speaker link`).
- Discord shows managers' commands to managers only, as long as nobody changes that under Server Settings →
  Integrations; the bot checks it all the same, as for every button, select, form and menu. Whoever may not is told
  who can.
- *Recorded* actions are in `/status audit`, and in the channel of `/setup audit`, with what they did; *for others*:
  where a moderator did it in somebody else's place.

"""
WAYS = {
    Way.COMMAND: "Commands",
    Way.MENU: "In a message's menu, under Apps",
    Way.BUTTON: "Buttons",
    Way.SELECT: "Selects",
    Way.FORM: "Forms",
}


def permissions_page() -> str:
    """The page as Markdown."""
    parts = [_part(title, [action for action in ACTIONS if action.way is way]) for way, title in WAYS.items()]
    return HEAD + "\n".join(parts)


def _part(title: str, actions: list[Action]) -> str:
    roles = " | ".join(Role)
    rows = [f"## {title}", "", f"| what | {roles} | recorded |", "|---|" + "---|" * (len(Role) + 1)]
    return "\n".join([*rows, *map(_row, actions), ""])


def _row(action: Action) -> str:
    name = f"`/{action.name}`" if action.way is Way.COMMAND else f"`{action.name}`"
    what = f"{name}: {action.does}" if action.does else name
    allowed = allowed_to(action.audience)
    only_self = action.audience is Audience.SELF
    cells = ["themselves" if only_self else "yes" if role in allowed else "no" for role in Role]
    recorded = "yes" if action.is_recorded else "for others" if action.for_others else ""
    return f"| {what} | {' | '.join(cells)} | {recorded} |"


if __name__ == "__main__":
    print(permissions_page(), end="")  # noqa: T201 - a page for a file
