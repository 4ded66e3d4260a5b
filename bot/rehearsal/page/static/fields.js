// The fields of a form. Each has its element, and mostly `read`, which gives what is sent, and `focus`.

import { freshId, make } from "./drawing.js";
import { encoded } from "./encoding.js";
import { makePicker } from "./picker.js";

const KINDS = { line: drawText, paragraph: drawText, select: drawSelect, radio: drawChoices, check: drawCheck, file: drawFile };

export function drawField(field) {
  return (KINDS[field.kind] ?? drawWords)(field);
}

function drawWords({ label, description }) {
  const element = make("p", "words", [label, description].filter(Boolean).join("\n"));
  element.dir = "auto";
  return { element };
}

function drawText({ kind, label, description, value, placeholder, required, min, max }) {
  const input = make(kind === "paragraph" ? "textarea" : "input");
  if (kind === "paragraph") input.rows = 4;
  input.value = value ?? "";
  input.placeholder = placeholder ?? "";
  input.required = Boolean(required);
  input.dir = "auto";
  if (min) input.minLength = min;
  if (max) input.maxLength = max;
  input.autocomplete = "off";
  const element = labelled(input, label, description, required);
  if (max) element.append(counter(input, max));
  return { element, read: () => input.value, focus: () => input.focus() };
}

/** How many characters are left; said aloud only near the end. */
function counter(input, max) {
  const left = make("span", "counter");
  left.setAttribute("aria-hidden", "true");
  const count = () => (left.textContent = `${input.value.length.toLocaleString("en")} / ${max.toLocaleString("en")}`);
  input.addEventListener("input", count);
  count();
  return left;
}

function drawSelect({ label, description, placeholder, required, min, max, options }) {
  const least = min ?? (required ? 1 : 0);
  const picker = makePicker({ label, placeholder, options, min: Math.min(least, 1), max: max ?? 1 });
  const element = make("div", "field");
  element.append(title(make("p", "label"), label, required), ...note(description), picker);
  const read = () => {
    if (required && picker.values().length < Math.max(least, 1)) throw new Error(`Choose something under “${label}”.`);
    return picker.values();
  };
  return { element, read, focus: () => picker.querySelector("button").focus() };
}

/** Radio buttons, or check boxes of which several may be ticked. */
function drawChoices(field) {
  const single = field.kind === "radio";
  const name = freshId("choice");
  const element = make("fieldset", "field");
  element.append(title(make("legend", "label"), field.label, field.required), ...note(field.description));
  for (const option of field.options) {
    const box = make("input");
    Object.assign(box, { type: single ? "radio" : "checkbox", name, value: option.value });
    box.checked = Boolean(option.default) || (single && field.value === option.value);
    box.required = single && Boolean(field.required);
    element.append(ticked(box, option.label, option.description));
  }
  const boxes = [...element.querySelectorAll("input")];
  const chosen = () => boxes.filter((box) => box.checked).map((box) => box.value);
  const read = () => {
    if (single) return chosen()[0] ?? null;
    if (field.required && chosen().length === 0) throw new Error(`Tick something under “${field.label}”.`);
    return chosen();
  };
  return { element, read, focus: () => (boxes.find((box) => box.checked) ?? boxes[0])?.focus() };
}

function drawCheck(field) {
  if (field.options?.length) return drawChoices(field);
  const box = make("input");
  box.type = "checkbox";
  box.checked = field.value === true || field.value === "true";
  const element = make("div", "field");
  element.append(ticked(box, field.label, field.description));
  return { element, read: () => box.checked, focus: () => box.focus() };
}

function drawFile({ label, description, required, max }) {
  const input = make("input");
  input.type = "file";
  input.multiple = (max ?? 1) > 1;
  input.required = Boolean(required);
  const element = labelled(input, label, description, required);
  return { element, read: () => Promise.all([...input.files].map(encoded)), focus: () => input.focus() };
}

function labelled(input, label, description, required) {
  const element = make("div", "field");
  input.id = freshId("field");
  const words = make("label", "label");
  words.htmlFor = input.id;
  const notes = note(description);
  for (const line of notes) {
    line.id = freshId("note");
    input.setAttribute("aria-describedby", line.id);
  }
  element.append(title(words, label, required), ...notes, input);
  return element;
}

function title(element, label, required) {
  element.dir = "auto";
  element.textContent = label;
  if (required) {
    const star = make("span", "star", " *");
    star.setAttribute("aria-hidden", "true");
    element.append(star);
  }
  return element;
}

const note = (description) => (description ? [make("p", "quiet", description)] : []);

function ticked(box, label, description) {
  const line = make("label", "tick");
  const words = make("span");
  words.append(make("span", "", label), ...(description ? [make("span", "detail", description)] : []));
  line.append(box, words);
  return line;
}
