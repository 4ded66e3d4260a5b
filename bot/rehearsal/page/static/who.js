// Who one is, chosen at the top; and a line that says what to do first as that person.

import { find, make, makeButton } from "./drawing.js";
import { ended, live, named, person, state, withRole } from "./state.js";

const ROLES = { manager: "Manager", moderator: "Moderator", speaker: "Speakers", attendee: "Attendees" };
const CLOCK_BUTTON = /^console:(start|next|open):/;
const closed = new Set(); // for whom the line was closed
let drawnPeople = "";

/** Fill the list of people, where it has changed, and show who one is. */
export function drawPeople() {
  const select = find("who");
  const key = JSON.stringify(state.people);
  if (key !== drawnPeople) {
    drawnPeople = key;
    const watch = make("option", "", "Watch everything");
    watch.value = "";
    select.replaceChildren(watch, ...Object.keys(ROLES).map(drawRole).filter(Boolean));
  }
  select.value = state.me ?? "";
  document.body.classList.toggle("takes-part", state.me !== null);
}

function drawRole(role) {
  const people = state.people.filter((one) => one.role === role);
  if (people.length === 0) return null;
  const group = make("optgroup");
  group.label = ROLES[role];
  for (const { id, name } of people) {
    const option = make("option", "", name);
    option.value = id;
    group.append(option);
  }
  return group;
}

/** Say what to do first; `does` has what its buttons do: `become(id)`, `choose(channel)`, `goAt(speed)`. */
export function drawHint(does) {
  const who = state.me ?? "";
  find("hint").hidden = closed.has(who) || ended() || state.people.length === 0;
  if (find("hint").hidden) return;
  const said = (HINTS[person()?.role] ?? watching)(does);
  const text = said.map((part) => part.textContent ?? part).join("");
  if (find("hint-text").textContent === text) return; // the focus may stand on one of its buttons
  find("hint-text").replaceChildren(...said);
}

const HINTS = {
  manager: () => [`You are ${person().name}: type /setup or /schedule below, or drop a schedule file on this page.`],
  moderator: (does) => chairing(does),
  speaker: () => [`You are ${person().name}, who speaks here: type /speaker checkin below, or wait for a private message.`],
  attendee: () => [`You are ${person().name}: press Ask under a talk, or type / below. Under Questions you can vote.`],
};

function watching({ become }) {
  const plays = Object.values(state.control?.cast ?? { cast: true }).some(Boolean);
  const said = [plays ? "You are watching: a cast plays this session with the real bot. " : "Nobody acts yet but the real bot. "];
  const [moderator, attendee] = ["moderator", "attendee"].map(withRole);
  if (moderator) said.push(makeButton("plain", "Be the moderator", () => become(moderator.id)), " to run it yourself");
  if (attendee) said.push(", or ", makeButton("plain", "an attendee", () => become(attendee.id)), " to ask.");
  return said;
}

function chairing({ choose, goAt }) {
  const found = live("console");
  const you = `You are ${person().name}. `;
  if (!found) {
    const early = "Your console appears 15 minutes before the session: jump to the next event, at the top.";
    return [you, state.control?.next ? early : "The session is being set up; your console follows."];
  }
  const { place, message } = found;
  const first = message.rows.flat().find(({ id }) => CLOCK_BUTTON.test(id ?? ""));
  const press = first ? `press ${first.label}` : "the session is over";
  const where =
    place.id === state.chosen
      ? ["This is the console's channel"]
      : ["Your console is in ", makeButton("plain", named(place), () => choose(place.id))];
  return [you, ...where, `: ${press}.`, ...(first ? hurry(goAt) : [])];
}

/** Whoever wants to practise has no time for that while hours pass in minutes. */
function hurry(goAt) {
  const { speed = 0 } = state.control ?? {};
  if (speed <= 1) return [];
  return [` Time runs ${speed} times as fast: `, makeButton("plain", "Go at 1x", () => goAt(1)), " as on the day."];
}

/** `become` is called with whom one chooses, null to watch. */
export function onChoosing(become, redraw) {
  find("who").addEventListener("change", ({ target }) => become(target.value || null));
  find("hint-close").addEventListener("click", () => {
    closed.add(state.me ?? "");
    redraw();
    find("who").focus();
  });
}
