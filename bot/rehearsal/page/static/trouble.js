// What went wrong is said beside what was used: in the element whose `data-place` has that name.

import { make } from "./drawing.js";

const at = (place) => document.querySelector(`[data-place="${CSS.escape(place)}"]`) ?? document.body;

/** Say it there, once; screen readers read it at once. `offers` are buttons that help. */
export function complain(place, text, ...offers) {
  settle(place);
  const line = make("p", "trouble");
  line.setAttribute("role", "alert");
  line.append(make("span", "", text.charAt(0).toUpperCase() + text.slice(1)), ...offers);
  at(place).append(line);
  line.scrollIntoView({ block: "nearest" });
}

/** Nothing is wrong there any more. */
export function settle(place) {
  lineIn(at(place))?.remove();
}

/** What is drawn anew goes on saying what was wrong. */
export function keepTrouble(old, fresh) {
  const line = lineIn(old);
  if (line) fresh.append(line);
}

const lineIn = (element) => element.querySelector(":scope > .trouble");
