// The open channel's messages. The list follows new ones until the reader scrolls up.

import { addAside, take } from "./asides.js";
import { find } from "./drawing.js";
import { keepFocus } from "./focus.js";
import { drawMessage, drawText, group } from "./message.js";
import { channel, named, state } from "./state.js";
import { keepTrouble } from "./trouble.js";

const NEAR_END = 80; // pixels from the end within which the list follows
const drawnAs = new Map(); // id -> the message as it stands in the list
let following = true;
let height = 0;

/** Draw all of them; `stays` touches only what has changed, so that whoever reads or chooses there is not disturbed. */
export function drawMessages({ stays = false } = {}) {
  const list = find("messages");
  const open = channel();
  find("channel-name").textContent = open ? named(open) : "";
  find("channel-topic").textContent = open?.topic ?? "";
  document.title = open ? `${named(open)} · Chairside rehearsal` : "Chairside rehearsal";
  if (stays) return refresh(open?.messages ?? new Map());
  list.replaceChildren();
  drawnAs.clear();
  for (const message of open?.messages.values() ?? []) append(list, draw(message), message);
  noteEmptiness();
  toEnd();
}

function refresh(messages) {
  for (const id of [...drawnAs.keys()]) if (!messages.has(id)) hideMessage(id);
  for (const message of messages.values()) {
    const before = drawnAs.get(message.id);
    if (JSON.stringify(before) !== JSON.stringify(message)) showMessage(message, before === undefined);
  }
}

/** Draw one that is new or has changed. */
export function showMessage(message, isNew) {
  const list = find("messages");
  const old = itemOf(message.id);
  if (old && onlyText(drawnAs.get(message.id), message)) return retell(old, message);
  if (old?.querySelector("[data-open]")) return redrawLater(old, message); // somebody is choosing in it
  const item = draw(message);
  if (old) replace(list, old, item, message);
  else {
    item.classList.toggle("fresh", isNew);
    append(list, item, message);
  }
  noteEmptiness();
  if (following) toEnd();
  else if (isNew) find("newer").hidden = false;
}

/** Take one away that is gone. */
export function hideMessage(id) {
  const item = itemOf(id);
  drawnAs.delete(id);
  const next = item?.nextElementSibling;
  take(item);
  group(next);
  noteEmptiness();
}

export function toEnd() {
  const list = find("messages");
  following = true;
  list.scrollTop = list.scrollHeight;
  find("newer").hidden = true;
}

const itemOf = (id) => find("messages").querySelector(`[data-id="${CSS.escape(id)}"]`);

function draw(message) {
  drawnAs.set(message.id, message);
  return drawMessage(message, dismiss);
}

function dismiss({ id }) {
  state.dismissed.add(id);
  channel()?.messages.delete(id);
  hideMessage(id);
  find("say").focus();
}

function replace(list, old, item, message) {
  const refocus = keepFocus(old);
  const changed = old.querySelector(".text").textContent !== item.querySelector(".text").textContent;
  item.classList.toggle("changed", changed);
  keepTrouble(old.querySelector(".body"), item.querySelector(".body"));
  if (folds(message) === Boolean(old.closest(".asides"))) {
    item.dataset.reader = message.private;
    old.replaceWith(item);
    group(item);
  } else {
    take(old);
    append(list, item, message);
  }
  refocus(item);
}

/** Whether nothing but its words has changed: then its buttons stay, also under a mouse that just presses one. */
function onlyText(before, after) {
  const rest = (message) => JSON.stringify({ ...message, html: "", edited: false });
  return before !== undefined && rest(before) === rest(after);
}

function retell(item, message) {
  drawnAs.set(message.id, message);
  const text = item.querySelector(".text");
  const before = text.textContent;
  drawText(text, message);
  item.classList.remove("fresh", "changed");
  if (text.textContent !== before) requestAnimationFrame(() => item.classList.add("changed"));
  if (following) toEnd();
}

function redrawLater(old, message) {
  old.addEventListener("shut", () => queueMicrotask(() => showMessage(message, false)), { once: true });
}

/** Only who watches everybody has so many private answers before them that they are folded. */
const folds = (message) => Boolean(message.aside) && state.me === null;

function append(list, item, message) {
  if (folds(message)) addAside(list, item, message.private);
  else {
    list.append(item);
    group(item);
  }
}

function noteEmptiness() {
  find("nothing").hidden = find("messages").childElementCount > 0;
}

find("newer").addEventListener("click", toEnd);

// The panels and the summary take room from the list as they grow: the scrolling which that causes is not the reader's.
find("messages").addEventListener("scroll", ({ target }) => {
  if (target.clientHeight !== height) return;
  following = target.scrollHeight - target.scrollTop - height < NEAR_END;
  if (following) find("newer").hidden = true;
});
new ResizeObserver(() => {
  height = find("messages").clientHeight;
  if (following) toEnd();
}).observe(find("messages"));
