// The buttons and selects of a message, in rows as the bot laid them out.

import { act } from "./act.js";
import { busily, make, makeButton } from "./drawing.js";
import { makePicker } from "./picker.js";
import { ended } from "./state.js";

const LINK = /^https?:\/\//;

/** The rehearsal has ended: show of all that could be pressed that it cannot; whoever presses it is told. */
export function closeControls() {
  for (const button of document.querySelectorAll(":is(.message, .board) button.control")) shut(button);
}

/** Draw a message's rows; what goes wrong with them is said at `place`. */
export function drawRows(message, place) {
  return message.rows.map((row) => {
    const line = make("div", "row");
    line.append(...row.map((control) => drawControl(message.id, control, place)));
    return line;
  });
}

function drawControl(message, control, place) {
  if (control.kind === "select") return drawSelect(message, control, place);
  if (control.kind === "link") return drawLink(control);
  const button = makeButton(`control ${control.look}`, "", () => {
    if (control.disabled && !ended()) return;
    busily(button, () => act("press", { message, control: control.id }, place));
  });
  button.append(...words(control));
  button.dataset.control = control.id;
  if (control.disabled || ended()) shut(button);
  return button;
}

function shut(button) {
  button.setAttribute("aria-disabled", "true");
  if (ended()) button.title = "The rehearsal has ended";
}

function drawSelect(message, control, place) {
  return makePicker({
    label: control.placeholder || control.label || "Make a selection",
    placeholder: control.placeholder,
    options: control.options,
    min: control.min ?? 1,
    max: control.max ?? 1,
    disabled: () => control.disabled || ended(),
    refused: () => ended() && act("choose", {}, place), // which says why
    done: (values) => act("choose", { message, control: control.id, values }, place),
  });
}

function drawLink(control) {
  const link = make("a", "control secondary");
  link.append(...words(control), make("span", "outside", "↗"));
  if (LINK.test(control.url)) link.href = control.url;
  link.target = "_blank";
  link.rel = "noopener noreferrer";
  return link;
}

function words({ emoji, label }) {
  const parts = [];
  if (emoji) parts.push(make("span", "emoji", emoji));
  if (label) parts.push(make("span", "", label));
  return parts;
}
