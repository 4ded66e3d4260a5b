// The lobby's screen: what is on, and next, in every room.

import { SharedClock } from "./clock.js";
import { find, fit, people, say } from "./drawing.js";
import { start } from "./screen.js";

const STAYS = 12000; // milliseconds that a part of the rooms is shown where not all fit
const HANDS_OFF = 60000; // after somebody scrolled

const clock = new SharedClock();
let touchedAt = -HANDS_OFF;

function draw(state) {
  document.title = state.conference ? `${state.conference} · Now and next` : "Now and next";
  say(find("conference"), state.conference);
  say(find("day"), state.shownDay);
  find("rooms").replaceChildren(...state.rooms.map(room));
  find("rooms").dataset.many = ["none", "one", "few", "few"][state.rooms.length] || "many";
  const over = state.over.length > 0;
  find("nothing").hidden = state.rooms.length > 0;
  say(find("nothing"), over ? "That was the last talk of this day." : "Nothing is planned.");
  find("over").hidden = !over || state.rooms.length === 0;
  say(find("over"), `Over for today: ${state.over.join(", ")}`);
}

function room({ name, on, next }) {
  const item = find("room-template").content.firstElementChild.cloneNode(true);
  say(item.querySelector(".name"), name);
  fill(item.querySelector(".on"), on);
  fill(item.querySelector(".next"), next);
  return item;
}

function fill(part, item) {
  if (item === null) {
    part.remove();
    return;
  }
  say(part.querySelector(".when"), item.time);
  say(part.querySelector(".late"), item.late);
  part.querySelector(".late").classList.toggle("is-late", item.late.endsWith("late"));
  fit(part.querySelector(".title"), item.title);
  people(part.querySelector(".speakers"), item.speakers);
  if (item.beside) part.querySelector(".speakers").append(` ${item.beside}`);
}

/** Where not all rooms fit on a screen that nobody touches, the next part is shown in turn. */
function turn() {
  const page = document.scrollingElement;
  if (page.scrollHeight <= innerHeight || performance.now() - touchedAt < HANDS_OFF) return;
  const step = innerHeight - find("main").offsetTop;
  const atEnd = page.scrollTop + innerHeight >= page.scrollHeight - 2;
  page.scrollTop = atEnd ? 0 : page.scrollTop + step;
}

for (const name of ["wheel", "touchstart", "keydown", "pointerdown"]) {
  window.addEventListener(name, () => (touchedAt = performance.now()), { passive: true });
}
setInterval(turn, STAYS);
start(clock, draw, () => {});
