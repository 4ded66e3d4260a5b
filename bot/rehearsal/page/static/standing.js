// How the rehearsal stands, in a line at the top: what is broken on purpose, what is lost, what is over.

import { find, make, say } from "./drawing.js";
import { state } from "./state.js";

let lineCut = true;

/** The line to the rehearsal was cut, or is there again. */
export function cut(is) {
  lineCut = is;
  drawStanding();
}

/** Say it; the tone tells trouble from what is as it should be. */
export function drawStanding() {
  const [text, tone] = standing();
  say(find("connection"), text);
  find("connection").className = `connection ${tone}`;
}

function standing() {
  const now = state.control;
  if (state.over) return lineCut ? ["The rehearsal has ended; this page stays as it is.", "calm"] : ["", "calm"];
  if (lineCut) return ["Connection to the rehearsal lost; its terminal may say why. Trying again …", "trouble"];
  if (!now) return ["", "calm"];
  if (now.finished) return ["The rehearsal is ending …", "calm"];
  if (now.down) return ["Discord is down, on purpose: nothing comes through, and nothing is lost. Bring it back under Faults.", "purpose"];
  if (now.bot === "restarting") return ["The bot was killed on purpose and is starting again; nothing is lost.", "purpose"];
  if (now.bot === "starting") return ["The bot is starting …", "calm"];
  if (now.bot === "gone") return ["The bot is offline.", "trouble"];
  if (now.slow) return ["Answers are slow, on purpose.", "purpose"];
  return ["", "calm"];
}

const TONES = {
  good: ["The session is over: all went well", "good"],
  warning: ["The session is over: have a look", "warning"],
  bad: ["The session is over: something went wrong", "bad"],
};

/** Show how it went; green only where nothing was lost or doubled. */
export function drawSummary(told) {
  const { text, clean, verdict } = typeof told === "string" ? { text: told } : told;
  const [title, tone] = TONES[verdict ?? (clean === undefined ? "warning" : clean ? "good" : "bad")];
  find("summary").className = `summary ${tone}`;
  find("summary-title").textContent = title;
  find("summary-text").replaceChildren(...text.split("\n").map((line) => make("li", "", line)));
  find("summary").hidden = false;
  find("heard").textContent = `${title}. ${text}`;
}
