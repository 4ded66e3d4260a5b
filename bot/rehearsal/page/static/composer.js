// The box at the bottom: text for the channel, or a command, of which a list drops while its name is typed.

import { act, takesPart } from "./act.js";
import { fillIn, giveUp } from "./command.js";
import { find } from "./drawing.js";
import { commandsHere } from "./menus.js";
import { completing } from "./option.js";
import { channel, ended, named, person, state } from "./state.js";
import { complain } from "./trouble.js";

let offered = null; // what the bot offers here, asked for once a slash is typed
let drawnFor = "";

/** Draw the box for who one is and where; a command that is half filled in stays while neither changes. */
export function drawComposer() {
  const open = channel();
  const now = `${state.me} ${state.chosen}`;
  if (now !== drawnFor) giveUp();
  drawnFor = now;
  offered = null;
  const may = takesPart() && open !== null;
  find("composer").hidden = !may;
  find("watching").hidden = may;
  find("watching").textContent = state.over
    ? "The rehearsal is over. What was said stays here to read."
    : ended()
      ? "The rehearsal is ending …"
      : "You are watching. To press buttons and type commands choose at the top who you are.";
  if (!may) return;
  const where = open.writes === false ? "Type / for commands" : `Type / for commands, or a message for ${named(open)}`;
  find("say").placeholder = where;
  find("say").setAttribute("aria-label", `${where}, as ${person().name}`);
}

/** Commands whose words are those typed, those that begin with them first. */
async function commands(typed) {
  if (!typed.startsWith("/")) {
    offered = null;
    return [];
  }
  offered ??= commandsHere(state.chosen);
  const asked = offered;
  const found = await asked.catch((error) => {
    if (offered === asked) offered = null; // ask again with the next key
    complain("composer", error.message);
    return { commands: [] };
  });
  if (found.commands.length === 0) offered = null; // the bot may just be telling Discord what it has
  const words = typed.slice(1).trimEnd().toLowerCase();
  const begin = ({ path }) => path.startsWith(words);
  const hold = ({ path, description }) => `${path} ${description}`.toLowerCase().includes(words);
  return found.commands
    .filter(hold)
    .sort((one, other) => begin(other) - begin(one) || one.path.localeCompare(other.path))
    .map((command) => ({ label: `/${command.path}`, detail: command.description, value: command }));
}

function choose({ value: command }) {
  find("say").value = "";
  find("line").hidden = true;
  fillIn(command, (held) => {
    find("line").hidden = false;
    if (held) find("say").focus();
  });
}

async function send(event) {
  event.preventDefault(); // nothing leaves the page by the form itself
  const text = find("say").value;
  if (!text.trim()) return;
  if (text.startsWith("/")) {
    const [first] = await commands(text);
    if (first?.label === text.trim()) choose(first);
    else complain("composer", `There is no command ${text.split(" ")[0]} here; choose one from the list.`);
    return;
  }
  if (await act("say", { channel: state.chosen, text }, "composer")) find("say").value = "";
}

find("line").addEventListener("submit", send);
find("suggestions").append(completing(find("say"), "Commands", commands, 0, choose).element);
