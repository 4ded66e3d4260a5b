// The messages that the bot keeps up to date stay in sight beside the list, with their buttons: the channel's board and
// the moderators' console. The open channel's own stands first; where the window is narrow it stands alone.

import { drawRows } from "./controls.js";
import { find, make, say } from "./drawing.js";
import { keepFocus } from "./focus.js";
import { state } from "./state.js";

const TITLES = { board: "Board", console: "Console" };
const panels = new Map(); // kind -> what is drawn of it

/** Draw what is to be seen from the open channel; `changed` is a message that was just edited. */
export function drawPanels(now, changed = null) {
  for (const kind of Object.keys(TITLES)) drawPanel(kind, shown(kind), now, changed);
  find("panels").hidden = [...panels.values()].every(({ details }) => details.hidden);
}

/** The open channel's own, or the only one that there is elsewhere. */
function shown(kind) {
  const all = [...state.channels.values()].flatMap((channel) =>
    [...channel.messages.values()].filter((message) => message.live === kind).map((message) => ({ channel, message })),
  );
  const own = all.filter(({ channel }) => channel.id === state.chosen);
  return own.at(-1) ?? (all.length === 1 ? all[0] : null);
}

function drawPanel(kind, found, now, changed) {
  const panel = panels.get(kind) ?? added(kind);
  panel.details.hidden = found === null;
  if (found === null) return;
  const { channel, message } = found;
  const elsewhere = channel.id !== state.chosen;
  panel.details.classList.toggle("elsewhere", elsewhere);
  say(panel.title, elsewhere ? `${TITLES[kind]} in #${channel.name}` : TITLES[kind]);
  if (panel.id !== message.id) say(panel.when, "");
  if (panel.message === message) return;
  panel.text.innerHTML = message.html; // made safe by the server
  if (buttonsOf(panel.message) !== buttonsOf(message)) {
    const refocus = keepFocus(panel.rows);
    panel.rows.replaceChildren(...drawRows(message, `panel:${kind}`));
    refocus(panel.rows);
  }
  Object.assign(panel, { id: message.id, message });
  if (message.id !== changed?.id) return;
  say(panel.when, `changed ${now}`);
  panel.details.classList.remove("changed");
  requestAnimationFrame(() => panel.details.classList.add("changed"));
}

/** What tells whether its buttons must be drawn anew: not under a mouse that just presses one. */
const buttonsOf = (message) => message && JSON.stringify([message.id, message.rows]);

function added(kind) {
  const panel = {
    details: make("details", `board ${kind}`),
    title: make("h3"),
    when: make("span"),
    text: make("div", "text"),
    rows: make("div", "rows"),
    id: null,
    message: null,
  };
  const summary = make("summary");
  summary.append(panel.title, panel.when);
  panel.text.tabIndex = 0; // where the window is narrow it scrolls
  panel.text.setAttribute("role", "group");
  panel.text.setAttribute("aria-label", `${TITLES[kind]}'s text`);
  const foot = make("div", "foot");
  foot.dataset.place = `panel:${kind}`;
  foot.append(panel.rows);
  panel.details.append(summary, panel.text, foot);
  panel.details.open = true;
  find("panels").append(panel.details);
  panels.set(kind, panel);
  return panel;
}
