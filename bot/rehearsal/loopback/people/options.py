"""A command as a person fills it in: found by its name, options checked as Discord's client checks them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from bot.rehearsal.loopback.errors import PersonRefusedError
from bot.rehearsal.loopback.people.resolving import Resolved
from bot.rehearsal.loopback.people.visibility import may_use
from bot.rehearsal.loopback.validation.commands import NESTING, OptionKind

if TYPE_CHECKING:
    from bot.rehearsal.loopback.world.channels import Channel
    from bot.rehearsal.loopback.world.users import User

Json = dict[str, Any]

_BY_ID = frozenset(
    {OptionKind.USER, OptionKind.CHANNEL, OptionKind.ROLE, OptionKind.MENTIONABLE, OptionKind.ATTACHMENT}
)


@dataclass(frozen=True, slots=True)
class Chosen:
    """A command picked from the list, down to its subcommand."""

    command: Json
    steps: list[Json] = field(default_factory=list)

    @property
    def name(self) -> str:
        return " ".join([self.command["name"], *(step["name"] for step in self.steps)])

    @property
    def parameters(self) -> dict[str, Json]:
        """The options to fill in, by name."""
        last = self.steps[-1] if self.steps else self.command
        return {option["name"]: option for option in last.get("options", [])}

    def data(self, options: list[Json], resolved: Json | None = None) -> Json:
        """The interaction's data with these options at the right depth."""
        for step in reversed(self.steps):
            options = [{"name": step["name"], "type": step["type"], "options": options}]
        data: Json = {key: self.command[key] for key in ("id", "name", "type")}
        if "guild_id" in self.command:
            data["guild_id"] = self.command["guild_id"]
        if options:
            data["options"] = options
        return {**data, "resolved": resolved} if resolved else data


def choose_command(user: User, channel: Channel, path: str, kind: int) -> Chosen:
    """The command with this full name, such as `schedule import`, if the client offers it to the person here.

    Raises:
        PersonRefusedError: there is none, it is hidden from them, or it is a group that needs a subcommand.
    """
    name, *rest = [path] if kind != 1 else path.removeprefix("/").split(" ")
    server = channel.server
    command = channel.world.commands.visible(server.id if server else None, kind).get(name)
    if command is None:
        raise PersonRefusedError(f"no command /{name} is registered")
    if not may_use(user, channel, command):
        raise PersonRefusedError(f"/{name} is hidden from {user.name} in {channel.name}")
    steps: list[Json] = []
    for word in rest:
        inside = (steps[-1] if steps else command).get("options", [])
        found = next((option for option in inside if option["name"] == word and option["type"] in NESTING), None)
        if found is None:
            raise PersonRefusedError(f"/{path} is not a command: there is no {word}")
        steps.append(found)
    chosen = Chosen(command, steps)
    if any(option["type"] in NESTING for option in chosen.parameters.values()):
        raise PersonRefusedError(f"/{path} needs a subcommand: {', '.join(chosen.parameters)}")
    return chosen


def fill_in(chosen: Chosen, channel: Channel, given: Mapping[str, object]) -> Json:
    """The interaction's data for these values.

    Raises:
        PersonRefusedError: an option is unknown, missing, or does not take the value.
    """
    _refuse_unknown(chosen, given)
    missing = [name for name, option in chosen.parameters.items() if option.get("required") and name not in given]
    if missing:
        raise PersonRefusedError(f"/{chosen.name} needs {', '.join(missing)}")
    resolved = Resolved(channel)
    options = [_option(chosen.parameters[name], value, resolved) for name, value in given.items() if value is not None]
    return chosen.data(options, resolved.payload)


def type_into(chosen: Chosen, given: Mapping[str, object]) -> Json:
    """The data while the last of these options is still being typed.

    Raises:
        PersonRefusedError: that option has no autocomplete, or one is unknown.
    """
    _refuse_unknown(chosen, given)
    if not given:
        raise PersonRefusedError(f"/{chosen.name}: no option is being typed")
    *_, focused = given
    if not chosen.parameters[focused].get("autocomplete"):
        raise PersonRefusedError(f"{focused} of /{chosen.name} has no autocomplete")
    options: list[Json] = []
    for name, value in given.items():
        option = chosen.parameters[name]
        typed = str(value) if name == focused or option["type"] not in (4, 5, 10) else value
        identified = str(getattr(value, "id", typed)) if option["type"] in _BY_ID else typed
        options.append({"name": name, "type": option["type"], "value": identified})
    options[-1]["focused"] = True
    return chosen.data(options)


def _refuse_unknown(chosen: Chosen, given: Mapping[str, object]) -> None:
    unknown = [name for name in given if name not in chosen.parameters]
    if unknown:
        raise PersonRefusedError(f"/{chosen.name} has no option {', '.join(unknown)}")


def _option(option: Json, value: object, resolved: Resolved) -> Json:
    kind = OptionKind(option["type"])
    taken = resolved.take(kind, value, option) if kind in _BY_ID else _plain(kind, value, option)
    return {"name": option["name"], "type": int(kind), "value": taken}


def _plain(kind: OptionKind, value: object, option: Json) -> str | float:
    if option.get("choices"):
        return _choice(value, option)
    if kind is OptionKind.STRING and isinstance(value, str):
        _check_limits(len(value), option, "length")
        return value
    if isinstance(value, bool) and kind is OptionKind.BOOLEAN:
        return value
    numbers = {OptionKind.INTEGER: int, OptionKind.NUMBER: int | float}
    if kind in numbers and isinstance(value, numbers[kind]) and not isinstance(value, bool):
        _check_limits(value, option, "value")
        return value
    raise PersonRefusedError(f"{option['name']} takes a {kind.name.lower()}, not {value!r}")


def _check_limits(size: float, option: Json, what: str) -> None:
    least, most = option.get(f"min_{what}"), option.get(f"max_{what}")
    if (least is not None and size < least) or (most is not None and size > most):
        raise PersonRefusedError(f"{option['name']} takes a {what} from {least} to {most}, not {size}")


def _choice(value: object, option: Json) -> str | float:
    for choice in option["choices"]:
        if value in (choice["name"], choice["value"]):
            picked: str | float = choice["value"]
            return picked
    raise PersonRefusedError(
        f"{option['name']} offers {[choice['name'] for choice in option['choices']]}, not {value!r}"
    )
