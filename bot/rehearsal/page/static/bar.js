// The bar at the top: the virtual clock and its speed, the cast, faults on a switch, and the end.

import { busily, find, make, makeButton, say } from "./drawing.js";
import { confirmed } from "./form.js";
import { post } from "./http.js";
import { relative } from "./countdown.js";
import { makeMenu } from "./menus.js";
import { ended, state } from "./state.js";
import { complain, settle } from "./trouble.js";

const SPEEDS = [1, 10, 60, 600];
const CAST = { moderator: "moderator", attendees: "attendees" };

/** Show how things stand. */
export function drawBar() {
  const now = state.control;
  if (!now) return;
  const speed = now.paused ? now.resume_speed : now.speed;
  for (const button of find("speeds").children) press(button, Number(button.value) === speed);
  say(find("pause"), now.paused ? "Resume time" : "Pause time");
  for (const role of Object.keys(CAST)) flip(find(`cast-${role}`), now.cast[role]);
  flip(find("down"), now.down);
  flip(find("slow"), now.slow);
  const troubles = [now.down && "Discord is down", now.slow && "slow answers"].filter(Boolean);
  say(find("faults-button"), troubles.length ? `Faults: ${troubles.join(", ")}` : "Faults");
  find("faults-button").classList.toggle("on", troubles.length > 0);
  for (const button of find("bar").querySelectorAll("button")) {
    off(button, ended());
  }
  for (const id of ["kill", "screen"]) off(find(id), ended() || now.bot !== "online");
  off(find("jump"), ended() || !now.next);
}

/** Say when the next event is, as the clock goes. */
export function sayNext(now) {
  const next = state.control?.next;
  const comes = next && next.at >= now && !state.over;
  const when = () => (state.control.paused ? "waits for time to go on" : relative((next.at - now) / 1000));
  say(find("next"), comes ? `${when()}: ${next.what}` : "");
  find("next").title = next?.what ?? "";
}

const press = (button, on) => button.setAttribute("aria-pressed", String(on));
const flip = (button, on) => button.setAttribute("aria-checked", String(Boolean(on)));
const off = (button, is) => (is ? button.setAttribute("aria-disabled", "true") : button.removeAttribute("aria-disabled"));

/** Ask the rehearsal for a change; `control` events show what came of it. */
async function control(what, body, place) {
  settle(place);
  try {
    await post(`control/${what}`, body);
  } catch (error) {
    complain(place, error.message);
  }
}

function does(id, what, body, place = "bar") {
  find(id).addEventListener("click", ({ currentTarget }) => {
    if (currentTarget.getAttribute("aria-disabled") !== "true") busily(currentTarget, () => control(what, body(), place));
  });
}

/** Let the clock run at one of the speeds on show. */
export const goAt = (speed) => control("clock", { speed }, "bar");

/** The hall's screen is a page of the bot's own, at an address that only its answer tells. */
async function openScreen() {
  settle("bar");
  try {
    window.open((await post("act/screen", { channel: state.chosen ?? "" })).url, "_blank", "noopener");
  } catch (error) {
    complain("bar", error.message);
  }
}

async function finish() {
  const text = "The bot is stopped, and you see how it went. It cannot be taken up again.";
  if (await confirmed("End the rehearsal?", text, "End it")) await control("finish", {}, "top");
}

find("speeds").append(
  ...SPEEDS.map((speed) => {
    const button = makeButton("", `${speed}x`, () => {
      if (button.getAttribute("aria-disabled") !== "true") busily(button, () => goAt(speed));
    });
    button.value = speed;
    return button;
  }),
);
for (const [role, name] of Object.entries(CAST)) {
  find("cast").append(makeSwitch(`cast-${role}`, `The ${name} ${role === "attendees" ? "act" : "acts"}`));
  does(`cast-${role}`, "cast", () => ({ role, on: !state.control.cast[role] }), "cast");
}
does("pause", "clock", () => ({ paused: !state.control.paused }));
does("jump", "clock", () => ({ jump: true }));
does("down", "faults", () => ({ down: !state.control.down }), "faults");
does("slow", "faults", () => ({ slow: !state.control.slow }), "faults");
does("kill", "bot", () => ({ restart: true }), "faults");
find("screen").addEventListener("click", ({ currentTarget }) => {
  if (currentTarget.getAttribute("aria-disabled") !== "true") busily(currentTarget, openScreen);
});
find("finish").addEventListener("click", ({ currentTarget }) => {
  if (currentTarget.getAttribute("aria-disabled") !== "true") finish();
});
makeMenu(find("cast-button"), find("cast"));
makeMenu(find("faults-button"), find("faults"));

function makeSwitch(id, text) {
  const button = make("button", "switch", text);
  button.type = "button";
  button.id = id;
  button.setAttribute("role", "switch");
  return button;
}

// where the window is narrow the bar stands behind a button
find("bar-button").addEventListener("click", () => {
  const shown = document.body.classList.toggle("barred");
  find("bar-button").setAttribute("aria-expanded", String(shown));
});
find("bar").addEventListener("keydown", ({ key }) => {
  if (key !== "Escape" || !document.body.classList.contains("barred")) return;
  find("bar-button").click();
  find("bar-button").focus();
});
