// The list of channels at the left; where the window is narrow, a drawer that opens from the bar at the top.

import { find, make } from "./drawing.js";
import { state } from "./state.js";

const SIGNS = { text: "#", thread: "↳", direct: "" }; // a person's name has its own
const MANY = 99;

/** Draw the list anew; the focus stays on its channel. */
export function drawChannels() {
  const places = new Map();
  for (const channel of state.channels.values()) {
    if (!places.has(channel.place)) places.set(channel.place, []);
    places.get(channel.place).push(channel);
  }
  const focused = document.activeElement?.dataset?.channel;
  find("channels").replaceChildren(...[...places].map(([name, channels]) => drawPlace(name, channels)));
  if (focused) find("channels").querySelector(`[data-channel="${CSS.escape(focused)}"]`)?.focus();
  const unread = [...state.channels.values()].some((channel) => channel.unread);
  find("drawer").classList.toggle("news", unread);
}

function drawPlace(name, channels) {
  const section = make("section", "place");
  const heading = make("h2", "", name);
  heading.dir = "auto";
  const list = make("ul");
  list.append(
    ...channels.map((channel) => {
      const item = make("li");
      item.append(drawLink(channel));
      return item;
    }),
  );
  section.append(heading, list);
  return section;
}

function drawLink(channel) {
  const link = make("a", `channel-link ${channel.kind}`);
  link.href = `#${channel.id}`;
  link.dataset.channel = channel.id;
  if (channel.kind === "thread") link.title = channel.name;
  const sign = make("span", "hash", SIGNS[channel.kind]);
  sign.setAttribute("aria-hidden", "true");
  const name = make("span", "name", channel.name);
  name.dir = "auto";
  link.append(sign, name);
  if (channel.id === state.chosen) link.setAttribute("aria-current", "page");
  if (channel.unread) {
    link.classList.add("new");
    const count = make("span", "unread", channel.unread > MANY ? `${MANY}+` : String(channel.unread));
    count.append(make("span", "unseen", " new"));
    link.append(count);
  }
  return link;
}

/** Another message came to a channel that is not open. */
export function countUnread(channel) {
  channel.unread += 1;
  drawChannels();
}

// --- the drawer --------------------------------------------------------------------------------------------------

export function openDrawer(shown) {
  document.body.classList.toggle("drawn", shown);
  find("drawer").setAttribute("aria-expanded", String(shown));
  if (shown) (find("channels").querySelector("[aria-current]") ?? find("channels").querySelector("a"))?.focus();
}

const isOpen = () => document.body.classList.contains("drawn");

find("drawer").addEventListener("click", () => openDrawer(!isOpen()));
find("veil").addEventListener("click", () => openDrawer(false));
find("places").addEventListener("keydown", ({ key }) => {
  if (key !== "Escape" || !isOpen()) return;
  openDrawer(false);
  find("drawer").focus();
});
