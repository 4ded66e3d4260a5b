// The rehearsal's page: draws what the server-sent events tell. Text of messages arrives as HTML that the server
// escaped (bot/rehearsal/reading); everything else is set by textContent.

import { VirtualClock, pace, relative, share, standing } from "./countdown.js";
import { addAside, take } from "./asides.js";
import { drawControl, find, make, say } from "./drawing.js";
import { drawPanels } from "./panels.js";

const KEPT = 400; // messages of a channel; the server sends as many to whoever joins
const NEAR_END = 80; // pixels from the end within which the list follows new messages
const RETRY = 2000; // milliseconds
const SIGNS = { text: "#", thread: "↳", direct: "" };

const clock = new VirtualClock();
const state = { channels: new Map(), chosen: null, picked: false, course: null, over: false, following: true };

// --- what the server tells ---------------------------------------------------------------------------------------

const heard = {
  state(all) {
    const unread = new Set([...state.channels.values()].filter((c) => c.unread).map((c) => c.id));
    state.channels.clear();
    for (const place of all.places) {
      for (const channel of place.channels) {
        const rest = { place: place.name, unread: unread.has(channel.id), messages: new Map() };
        state.channels.set(channel.id, { ...channel, ...rest });
      }
    }
    for (const message of all.messages) state.channels.get(message.channel)?.messages.set(message.id, message);
    state.course = all.course;
    clock.take(all.clock);
    if (!state.channels.has(state.chosen)) state.chosen = firstChoice();
    drawPlaces();
    const readAt = state.following ? null : find("messages").scrollTop;
    drawChannel();
    if (readAt !== null) {
      // The connection was lost while the reader looked at something further up.
      find("messages").scrollTop = readAt;
      state.following = false;
    }
    if (all.summary !== null) heard.summary({ text: all.summary });
    heard.bot(all);
  },

  message(message) {
    const channel = state.channels.get(message.channel);
    if (!channel) return;
    const isNew = !channel.messages.has(message.id);
    channel.messages.set(message.id, message);
    if (channel.messages.size > KEPT) forget(channel, channel.messages.keys().next().value);
    if (isNew && !state.picked && !state.channels.get(state.chosen)?.messages.size) choose(message.channel);
    if (message.live) panels(isNew ? null : message);
    if (message.channel === state.chosen) drawMessage(message, isNew);
    else if (isNew && !message.aside) markUnread(channel);
    if (isNew && !message.thinking && !message.aside) announce(channel, message);
  },

  gone({ channel, id }) {
    if (state.channels.has(channel)) forget(state.channels.get(channel), id);
  },

  clock(told) {
    clock.take(told);
  },

  bot({ online }) {
    if (online || state.over) connection("");
    else if (online === null) connection("The bot is starting …", true);
    else connection("The bot is offline");
  },

  summary({ text }) {
    state.over = true;
    connection("");
    find("summary-text").textContent = text;
    find("summary").hidden = false;
    find("heard").textContent = `The session is over. ${text}`;
  },
};

function connect() {
  const source = new EventSource("events");
  for (const [name, handler] of Object.entries(heard)) {
    source.addEventListener(name, (event) => handler(JSON.parse(event.data)));
  }
  source.onerror = () => {
    // The browser tries again by itself unless the server said no; then this does.
    connection(state.over ? "The rehearsal has ended; this page stays as it is" : "Connection lost. Trying again …");
    if (source.readyState === EventSource.CLOSED) setTimeout(connect, RETRY);
  };
}

function connection(text, calm = false) {
  find("connection").textContent = text;
  find("connection").classList.toggle("calm", calm);
}

// --- channels ----------------------------------------------------------------------------------------------------

function firstChoice() {
  const asked = location.hash.slice(1);
  if (state.channels.has(asked)) return asked;
  const all = [...state.channels.values()];
  const has = (test) => all.find((channel) => [...channel.messages.values()].some(test));
  return (has((message) => message.live === "board") ?? has(() => true) ?? all[0])?.id ?? null;
}

function choose(id) {
  if (!state.channels.has(id)) return;
  state.chosen = id;
  state.channels.get(id).unread = false;
  drawPlaces();
  drawChannel();
}

function drawPlaces() {
  const places = new Map();
  for (const channel of state.channels.values()) {
    if (!places.has(channel.place)) places.set(channel.place, []);
    places.get(channel.place).push(channel);
  }
  const focused = document.activeElement?.dataset?.channel;
  find("places").replaceChildren(...[...places].map(([name, channels]) => drawPlace(name, channels)));
  if (focused) find("places").querySelector(`[data-channel="${CSS.escape(focused)}"]`)?.focus();
}

function drawPlace(name, channels) {
  const section = make("section", "place");
  const list = make("ul");
  for (const channel of channels) {
    const link = make("a", `channel-link ${channel.kind}`);
    link.href = `#${channel.id}`;
    link.dataset.channel = channel.id;
    link.title = channel.kind === "thread" ? channel.name : "";
    link.append(make("span", "hash", SIGNS[channel.kind]), make("span", "name", channel.name));
    if (channel.id === state.chosen) link.setAttribute("aria-current", "page");
    if (channel.unread) link.append(make("span", "unread", "new"));
    const item = make("li");
    item.append(link);
    list.append(item);
  }
  section.append(make("h2", "", name), list);
  return section;
}

function markUnread(channel) {
  if (channel.unread) return;
  channel.unread = true;
  drawPlaces();
}

// --- messages ----------------------------------------------------------------------------------------------------

function drawChannel() {
  const channel = state.channels.get(state.chosen);
  const name = channel ? `${channel.kind === "text" ? "#" : ""}${channel.name}` : "";
  find("channel-name").textContent = name;
  find("channel-topic").textContent = channel?.topic ?? "";
  document.title = name ? `${name} · Chairside rehearsal` : "Chairside rehearsal";
  find("messages").replaceChildren();
  for (const message of channel?.messages.values() ?? []) drawMessage(message, false);
  noteEmptiness();
  panels();
  toEnd();
}

function panels(changed = null) {
  drawPanels(state.channels, state.chosen, clock.wall().slice(0, 5), changed);
}

function drawMessage(message, isNew) {
  const list = find("messages");
  const old = list.querySelector(`[data-id="${message.id}"]`);
  const item = filled(message);
  if (old) {
    const changed = old.querySelector(".text").textContent !== item.querySelector(".text").textContent;
    item.classList.toggle("changed", changed);
    if (message.aside === Boolean(old.closest(".asides"))) {
      item.dataset.reader = message.private;
      old.replaceWith(item);
    } else {
      take(old);
      append(list, item, message);
    }
  } else {
    item.classList.toggle("fresh", isNew);
    append(list, item, message);
  }
  noteEmptiness();
  if (state.following) toEnd();
  else if (isNew) find("newer").hidden = false;
}

function append(list, item, message) {
  if (message.aside) addAside(list, item, message.private);
  else list.append(item);
}

function filled(message) {
  const item = find("message-template").content.firstElementChild.cloneNode(true);
  const part = (name) => item.querySelector(`.${name}`);
  const set = (name, text) => {
    if (text) part(name).textContent = text;
    else part(name).remove();
  };
  item.dataset.id = message.id;
  item.classList.toggle("private", message.private !== null);
  set("cause", message.cause);
  set("avatar", message.author.initials);
  part("avatar").classList.add(`colour-${message.author.colour}`);
  set("author", message.author.name);
  if (!message.author.bot) part("tag").remove();
  set("when", message.time);
  if (message.thinking) part("text").append(make("p", "thinking", `${message.author.name} is thinking …`));
  else part("text").innerHTML = message.html; // escaped by the server
  part("files").replaceChildren(...message.files.map((name) => make("li", "", name)));
  part("controls").replaceChildren(...message.controls.map(drawControl));
  const notes = [message.edited && "edited", message.private && `Only ${message.private} sees this`];
  set("note", notes.filter(Boolean).join(" · "));
  return item;
}

function forget(channel, id) {
  const gone = channel.messages.get(id);
  channel.messages.delete(id);
  if (gone?.live) panels();
  if (channel.id !== state.chosen) return;
  take(find("messages").querySelector(`[data-id="${id}"]`));
  noteEmptiness();
}

function noteEmptiness() {
  find("nothing").hidden = find("messages").childElementCount > 0;
}

function toEnd() {
  const list = find("messages");
  state.following = true;
  list.scrollTop = list.scrollHeight;
  find("newer").hidden = true;
}

/** Tell screen readers once; the list itself is no live region, or its countdowns would be read out as they tick. */
function announce(channel, message) {
  const text = document.createElement("div");
  text.innerHTML = message.html; // escaped by the server
  find("heard").textContent = `${message.author.name} in ${channel.name}: ${text.textContent.slice(0, 300)}`;
}

// --- time --------------------------------------------------------------------------------------------------------

function tick() {
  const now = clock.now();
  say(find("time"), clock.wall());
  say(find("zone"), clock.told.zone);
  say(find("speed"), state.over ? "" : pace(state.course, now, clock.told.speed));
  if (state.course) {
    say(find("standing"), standing(state.course, now));
    find("share").value = share(state.course, now);
  }
  for (const time of document.querySelectorAll('time[data-style="R"]')) {
    say(time, relative(Number(time.dataset.unix) - now / 1000));
  }
}

window.addEventListener("hashchange", () => {
  state.picked = true;
  choose(location.hash.slice(1));
});
find("newer").addEventListener("click", toEnd);

// The list follows new messages until the reader scrolls up. The board and the summary take room from it as they grow:
// the scrolling which that causes is not the reader's.
let height = 0;
find("messages").addEventListener("scroll", ({ target }) => {
  if (target.clientHeight !== height) return;
  state.following = target.scrollHeight - target.scrollTop - height < NEAR_END;
  if (state.following) find("newer").hidden = true;
});
new ResizeObserver(() => {
  height = find("messages").clientHeight;
  if (state.following) toEnd();
}).observe(find("messages"));

setInterval(tick, 100);
connect();
