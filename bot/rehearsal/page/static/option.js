// One option of a command: a box for its value, with choices or what the bot suggests while one types.

import { freshId, make } from "./drawing.js";
import { encoded } from "./encoding.js";
import { Listbox } from "./listbox.js";

const PAUSE = 200; // milliseconds without a key before the bot is asked
const YES_NO = [
  { name: "True", value: true },
  { name: "False", value: false },
];
const NUMBERS = ["integer", "number"];

/**
 * `suggest(typed)` asks the bot; `next()` is called when the value is complete, to go on to the next option.
 * The answer has the option's `element`, `focus`, and `read`, which gives the value, undefined where there is none.
 */
export function drawOption(option, { suggest, next, helped }) {
  if (option.kind === "file") return drawFileOption(option, helped);
  const input = make("input");
  const box = around(option, input, helped);
  if (option.max && option.kind === "text") input.maxLength = option.max;
  if (NUMBERS.includes(option.kind)) input.inputMode = "decimal";
  input.autocomplete = "off";
  input.dir = "auto";
  const choices = option.kind === "boolean" ? YES_NO : (option.choices ?? []);
  let picked = null;
  const source = option.autocomplete ? suggest : choices.length ? filtered(choices) : null;
  if (source) {
    const list = completing(input, `Suggestions for ${option.name}`, source, option.autocomplete ? PAUSE : 0, (item) => {
      picked = item;
      input.value = item.label;
      next();
    });
    box.append(list.element);
  }
  input.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.defaultPrevented) return;
    event.preventDefault();
    next();
  });
  const read = () => {
    const typed = input.value.trim();
    if (!typed) return undefined;
    if (picked?.label === input.value) return picked.value;
    if (!option.autocomplete && choices.length) return chosenFrom(choices, typed, option.name);
    return NUMBERS.includes(option.kind) ? number(typed, option) : typed;
  };
  return { option, element: box, read, focus: () => input.focus() };
}

function drawFileOption(option, helped) {
  const input = make("input");
  input.type = "file";
  const element = around(option, input, helped);
  const read = () => (input.files.length ? encoded(input.files[0]) : undefined);
  return { option, element, read, focus: () => input.focus() };
}

function around(option, input, helped) {
  const box = make("div", "option");
  input.id = freshId("option");
  input.setAttribute("aria-describedby", "option-help");
  if (option.required) input.setAttribute("aria-required", "true");
  input.addEventListener("focus", () => helped(`${option.name}: ${option.description}`));
  const label = make("label", "", option.name);
  label.htmlFor = input.id;
  box.append(label, input);
  return box;
}

const filtered = (choices) => (typed) =>
  choices
    .filter(({ name }) => name.toLowerCase().includes(typed.trim().toLowerCase()))
    .map(({ name, value }) => ({ label: name, value }));

function chosenFrom(choices, typed, name) {
  const found = choices.find((choice) => choice.name.toLowerCase() === typed.toLowerCase());
  if (!found) throw new Error(`“${typed}” is none of the choices of ${name}; choose one from its list.`);
  return found.value;
}

function number(typed, { name, kind }) {
  const value = Number(typed.replace(",", "."));
  if (Number.isNaN(value)) throw new Error(`${name} takes a number, not “${typed}”.`);
  if (kind === "integer" && !Number.isInteger(value)) throw new Error(`${name} takes a whole number, not ${typed}.`);
  return value;
}

/** Drop a list under a box while one types; an answer that a later key has overtaken is not shown. */
export function completing(input, label, source, pause, pick) {
  const list = new Listbox(input, {
    label,
    pick: (item) => {
      asked += 1;
      list.hide();
      pick(item);
    },
  });
  let asked = 0;
  let waiting = null;
  input.setAttribute("aria-autocomplete", "list");

  async function ask() {
    const mine = (asked += 1);
    const items = await Promise.resolve(source(input.value)).catch(() => []);
    // nothing is taken by Enter or Tab unless something was typed or chosen
    if (mine === asked && document.activeElement === input) list.show(items, { active: input.value ? 0 : -1 });
  }

  function soon() {
    clearTimeout(waiting);
    waiting = setTimeout(ask, pause);
  }

  input.addEventListener("input", soon);
  input.addEventListener("focus", soon);
  input.addEventListener("blur", () => {
    clearTimeout(waiting);
    asked += 1;
    list.hide();
  });
  input.addEventListener("keydown", (event) => {
    const steps = { ArrowDown: 1, ArrowUp: -1 };
    if (steps[event.key]) {
      event.preventDefault();
      if (list.isOpen) list.move(steps[event.key]);
      else ask();
    } else if (list.isOpen && (event.key === "Enter" || event.key === "Tab") && list.current) {
      event.preventDefault();
      list.pick(list.current);
    } else if (list.isOpen && event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      list.hide();
    }
  });
  return list;
}
