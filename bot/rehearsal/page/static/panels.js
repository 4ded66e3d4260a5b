// The messages that the bot keeps up to date stay in sight beside the list, with their buttons: the channel's board and
// the moderators' console. The chosen channel's own stands first; where the window is narrow it stands alone.

import { drawControl, find, make, say } from "./drawing.js";

const TITLES = { board: "Board", console: "Console" };
const panels = new Map(); // kind -> what is drawn of it

/** Draw what is to be seen from the chosen channel; `changed` is a message that was just edited. */
export function drawPanels(channels, chosen, now, changed = null) {
  for (const kind of Object.keys(TITLES)) drawPanel(kind, shown(kind, channels, chosen), chosen, now, changed);
  find("panels").hidden = [...panels.values()].every(({ details }) => details.hidden);
}

/** The chosen channel's own, or the only one that there is elsewhere. */
function shown(kind, channels, chosen) {
  const all = [...channels.values()].flatMap((channel) =>
    [...channel.messages.values()].filter((message) => message.live === kind).map((message) => ({ channel, message })),
  );
  const own = all.filter(({ channel }) => channel.id === chosen);
  return own.at(-1) ?? (all.length === 1 ? all[0] : null);
}

function drawPanel(kind, found, chosen, now, changed) {
  const panel = panels.get(kind) ?? added(kind);
  panel.details.hidden = found === null;
  if (found === null) return;
  const { channel, message } = found;
  const elsewhere = channel.id !== chosen;
  panel.details.classList.toggle("elsewhere", elsewhere);
  say(panel.title, elsewhere ? `${TITLES[kind]} in #${channel.name}` : TITLES[kind]);
  if (panel.id !== message.id) say(panel.when, "");
  if (panel.message === message) return;
  panel.text.innerHTML = message.html; // escaped by the server
  panel.controls.replaceChildren(...message.controls.map(drawControl));
  Object.assign(panel, { id: message.id, message });
  if (message.id !== changed?.id) return;
  say(panel.when, `changed ${now}`);
  panel.details.classList.remove("changed");
  requestAnimationFrame(() => panel.details.classList.add("changed"));
}

function added(kind) {
  const panel = {
    details: make("details", `board ${kind}`),
    title: make("h3"),
    when: make("span"),
    text: make("div", "text"),
    controls: make("p", "controls"),
    id: null,
    message: null,
  };
  const summary = make("summary");
  summary.append(panel.title, panel.when);
  panel.details.append(summary, panel.text, panel.controls);
  panel.details.open = true;
  find("panels").append(panel.details);
  panels.set(kind, panel);
  return panel;
}
