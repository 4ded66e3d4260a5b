// The rehearsal's page: hears what happens and has it drawn. Who one is and the open channel stand in the address
// (/?as=PERSON#CHANNEL), so that several windows can be several people.

import { onBecoming } from "./act.js";
import { drawBar, goAt, sayNext } from "./bar.js";
import { countUnread, drawChannels, openDrawer } from "./channels.js";
import { drawComposer } from "./composer.js";
import { closeControls } from "./controls.js";
import { VirtualClock, pace, relative, share, standing } from "./countdown.js";
import { find, say } from "./drawing.js";
import { listen } from "./events.js";
import { takeFiles } from "./files.js";
import { drawMessages, hideMessage, showMessage } from "./messages.js";
import { drawPanels } from "./panels.js";
import { cut, drawStanding, drawSummary } from "./standing.js";
import { channel, ended, live, state } from "./state.js";
import { drawHint, drawPeople, onChoosing } from "./who.js";
import "./theme.js";

const KEPT = 400; // messages of a channel; the server sends as many to whoever joins

const clock = new VirtualClock();
let arrived = () => {}; // called when the page shows what the person one became sees
let drawnFor = null;

// --- what the server tells ---------------------------------------------------------------------------------------

const heard = {
  state(all) {
    if (state.over && !all.summary) return location.reload(); // another rehearsal was started
    const unread = new Map([...state.channels.values()].map(({ id, unread: count }) => [id, count]));
    state.channels.clear();
    for (const place of all.places) {
      for (const one of place.channels) {
        state.channels.set(one.id, { ...one, place: place.name, unread: unread.get(one.id) ?? 0, messages: new Map() });
      }
    }
    for (const message of all.messages) {
      if (!state.dismissed.has(message.id)) state.channels.get(message.channel)?.messages.set(message.id, message);
    }
    Object.assign(state, { course: all.course, people: all.people ?? [], me: all.me ?? null, control: all.control });
    clock.take(all.clock);
    cut(false);
    if (!state.channels.has(state.chosen)) state.chosen = firstChoice();
    if (channel()) channel().unread = 0;
    drawPeople();
    drawChannels();
    const view = `${state.me} ${state.chosen}`;
    drawMessages({ stays: view === drawnFor });
    drawnFor = view;
    drawAround();
    if (all.summary) heard.summary(all.summary);
    arrived();
  },

  message(message) {
    const place = state.channels.get(message.channel);
    if (!place || state.dismissed.has(message.id)) return;
    const isNew = !place.messages.has(message.id);
    place.messages.set(message.id, message);
    if (place.messages.size > KEPT) forget(place, place.messages.keys().next().value);
    if (isNew && !state.picked && !channel()?.messages.size) choose(message.channel);
    if (message.live) drawLive(isNew ? null : message);
    if (message.channel === state.chosen) showMessage(message, isNew);
    else if (isNew && !(message.aside && state.me === null)) countUnread(place);
    if (isNew && !message.thinking && !(message.aside && state.me === null)) announce(place, message);
  },

  gone({ channel: id, id: message }) {
    if (state.channels.has(id)) forget(state.channels.get(id), message);
  },

  clock(told) {
    clock.take(told);
  },

  control(told) {
    const before = state.control;
    state.control = told;
    drawAround();
    if (told.cast.moderator || told.finished) note("");
    else if (before?.cast.moderator) note("The cast's moderator rests now. Switch it on again under Cast.");
  },

  bot({ online }) {
    if (!state.control) return;
    if (online) state.control.bot = "online";
    drawStanding();
  },

  summary(told) {
    state.over = true;
    drawSummary(told);
    drawAround();
  },
};

function connect(as) {
  listen(
    as,
    heard,
    () => cut(true),
    () => (state.over ? undefined : connect(null)), // another rehearsal has other people
  );
}

/** All that depends on who one is, where, and how things stand. */
function drawAround() {
  drawBar();
  drawStanding();
  drawComposer();
  drawLive();
  document.body.classList.toggle("ended", ended());
  if (ended()) closeControls();
}

function drawLive(changed = null) {
  drawPanels(clock.wall().slice(0, 5), changed);
  drawHint({ become: becomeModerator, choose: go, goAt });
}

// --- who and where -----------------------------------------------------------------------------------------------

/** Be somebody, or null to watch; done when the page shows what they see. */
function become(id) {
  const address = new URL(location.href);
  if (id) address.searchParams.set("as", id);
  else address.searchParams.delete("as");
  history.replaceState(null, "", address);
  for (const place of state.channels.values()) place.unread = 0;
  return new Promise((resolve) => {
    arrived = resolve;
    connect(id);
  });
}

/** From the line of first steps: the moderator begins where their console is. */
async function becomeModerator(id) {
  await become(id);
  const found = state.people.find((one) => one.id === id)?.role === "moderator" ? live("console") : null;
  if (found) go(found.place.id);
}

function firstChoice() {
  const asked = location.hash.slice(1);
  if (state.channels.has(asked)) return asked;
  const all = [...state.channels.values()];
  const has = (test) => all.find((one) => [...one.messages.values()].some(test));
  return (has((message) => message.live === "board") ?? has(() => true) ?? all[0])?.id ?? null;
}

/** Open a channel because somebody wants it. */
function go(id) {
  if (location.hash.slice(1) === id) choose(id);
  else location.hash = id;
}

function choose(id) {
  if (!state.channels.has(id)) return;
  state.chosen = id;
  channel().unread = 0;
  drawChannels();
  drawMessages();
  drawnFor = `${state.me} ${id}`;
  drawAround();
}

function forget(place, id) {
  const gone = place.messages.get(id);
  place.messages.delete(id);
  if (gone?.live) drawLive();
  if (place.id === state.chosen) hideMessage(id);
}

/** Tell screen readers once; the list itself is no live region, or its countdowns would be read out as they tick. */
function announce(place, message) {
  const text = document.createElement("div");
  text.innerHTML = message.html; // made safe by the server
  find("heard").textContent = `${message.author.name} in ${place.name}: ${text.textContent.slice(0, 300)}`;
}

function note(text) {
  find("heard").textContent = text;
  say(find("note"), text);
}

// --- time --------------------------------------------------------------------------------------------------------

function tick() {
  const now = clock.now();
  say(find("time"), clock.wall());
  say(find("zone"), clock.told.zone);
  say(find("speed"), state.over ? "" : pace(state.course, now, clock.told.speed));
  if (state.course) {
    say(find("standing"), state.over ? "ended" : standing(state.course, now));
    find("share").value = share(state.course, now);
  }
  sayNext(now);
  for (const time of document.querySelectorAll('time[data-style="R"]')) {
    say(time, relative(Number(time.dataset.unix) - now / 1000));
  }
}

window.addEventListener("hashchange", () => {
  state.picked = true;
  openDrawer(false);
  choose(location.hash.slice(1));
});
onBecoming(becomeModerator);
onChoosing(become, drawLive);
takeFiles(async (id, place) => {
  if (id !== state.me) await become(id);
  go(place);
});
setInterval(tick, 100);
connect(new URLSearchParams(location.search).get("as"));
