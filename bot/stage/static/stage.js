// The hall's screen: one session's countdown.

import { SharedClock } from "./clock.js";
import { shown } from "./countdown.js";
import { find, fit, people, say } from "./drawing.js";
import { start } from "./screen.js";

const TIGHTEST = 3;

const clock = new SharedClock();

function draw(state) {
  document.title = state.session ? `${state.session} · Stage view` : "Stage view";
  document.documentElement.dataset.phase = state.phase;
  say(find("room"), state.room);
  say(find("session"), state.session === state.room ? "" : state.session);
  talk(state.on);
  next(state);
  question(state.question);
  say(find("late"), state.late);
  find("late").classList.toggle("is-late", state.late.endsWith("late"));
  say(find("ends"), state.ends);
  tighten();
}

/** Nothing is cut off that matters: the more there is to show, the more of the rest makes way (stage.css). */
function tighten() {
  const root = document.documentElement;
  const parts = [find("main"), find("question")];
  delete root.dataset.tight;
  for (let tight = 1; tight <= TIGHTEST; tight += 1) {
    if (parts.every((part) => part.scrollHeight <= part.clientHeight + 1)) return;
    root.dataset.tight = tight;
  }
}

function talk(on) {
  find("talk").hidden = on === null;
  if (on === null) return;
  fit(find("title"), on.title);
  people(find("speakers"), on.speakers);
  if (on.beside) find("speakers").append(` ${on.beside}`);
}

function next({ next: following, nextAt }) {
  find("next").hidden = following === null;
  if (following === null) return;
  say(find("next-at"), nextAt);
  fit(find("next-title"), following.title);
  people(find("next-speakers"), following.speakers);
  if (following.beside) find("next-speakers").append(` ${following.beside}`);
}

function question(asked) {
  find("question").hidden = asked === null;
  document.documentElement.classList.toggle("asks", asked !== null);
  if (asked === null) return;
  fit(find("question-text"), asked.text);
  people(find("question-by"), asked.by, asked.anonymously);
  if (find("question-by").textContent) find("question-by").prepend("Asked ", asked.by.names.length ? "by " : "");
}

function tick(state, now) {
  const at = shown(state, now);
  document.documentElement.dataset.level = at.level;
  say(find("words"), at.words);
  say(find("digits"), at.digits);
  const length = String([4, 5, 7].find((most) => at.digits.length <= most) || 9);
  if (find("digits").dataset.length === length) return;
  find("digits").dataset.length = length;
  tighten();
}

window.addEventListener("resize", tighten);

start(clock, draw, tick);
