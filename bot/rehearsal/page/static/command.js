// A command that was chosen in the box: its options one by one, then it is sent.

import { act } from "./act.js";
import { busily, find, make, makeButton, say } from "./drawing.js";
import { post } from "./http.js";
import { drawOption } from "./option.js";
import { state } from "./state.js";
import { complain, settle } from "./trouble.js";

let drawn = []; // the options on show, in the order in which they are sent
let command = null;
let left = () => {};

/** Show a command's options in place of the box; `leave` is called when it was sent or given up, with whether it held the focus. */
export function fillIn(chosen, leave) {
  command = chosen;
  left = leave;
  drawn = [];
  settle("composer");
  find("command-name").textContent = `/${chosen.path}`;
  find("options").replaceChildren();
  find("command").hidden = false;
  say(find("option-help"), chosen.description);
  find("command-send").setAttribute("aria-label", `Send /${chosen.path}`);
  for (const option of chosen.options.filter(({ required }) => required)) add(option);
  drawMore();
  goOn();
}

/** Give up the command; the box comes back. */
export function giveUp() {
  if (command === null) return;
  command = null;
  drawn = [];
  const held = find("command").contains(document.activeElement);
  find("command").hidden = true;
  settle("composer");
  left(held);
}

function add(option) {
  const made = drawOption(option, {
    suggest: (typed) => suggest(option, typed),
    next: goOn,
    helped: (text) => say(find("option-help"), text),
  });
  drawn.push(made);
  find("options").append(made.element);
  return made;
}

/** Optional ones are offered by name. */
function drawMore() {
  const shown = new Set(drawn.map(({ option }) => option));
  find("more-options").replaceChildren(
    ...command.options
      .filter((option) => !shown.has(option))
      .map((option) => {
        const button = makeButton("plain", `+ ${option.name}`, () => {
          const made = add(option);
          drawMore();
          made.focus();
        });
        button.title = option.description;
        return button;
      }),
  );
}

/** To the first option that is still needed, or to the button that sends. */
function goOn() {
  const active = drawn.findIndex(({ element }) => element.contains(document.activeElement));
  const later = drawn.slice(active + 1).find((one) => one.option.required && isEmpty(one));
  const needed = later ?? drawn.find((one) => one.option.required && isEmpty(one));
  if (needed) needed.focus();
  else find("command-send").focus();
}

const isEmpty = ({ element }) => element.querySelector("input").value === "";

/** What is filled in, by name; options that are empty are left out. */
async function values(without = null) {
  const read = [];
  for (const { option, read: value } of drawn) if (option !== without) read.push([option.name, await value()]);
  return Object.fromEntries(read.filter(([, value]) => value !== undefined));
}

async function suggest(option, typed) {
  const { path } = command;
  const others = await values(option).catch(() => ({})); // one of them may be half typed
  const body = { as: state.me, channel: state.chosen, path, options: { ...others, [option.name]: typed } };
  const { choices } = await post("act/autocomplete", { ...body, focused: option.name });
  return choices.map(({ name, value }) => ({ label: name, value }));
}

async function send() {
  const missing = drawn.find((one) => one.option.required && isEmpty(one));
  if (missing) {
    complain("composer", `/${command.path} needs ${missing.option.name}.`);
    missing.focus();
    return;
  }
  try {
    const { path } = command;
    const body = { channel: state.chosen, path, options: await values() };
    if (await act("slash", body, "composer")) giveUp();
  } catch (error) {
    complain("composer", error.message);
  }
}

find("command-send").addEventListener("click", ({ currentTarget }) => busily(currentTarget, send));
find("command-leave").addEventListener("click", giveUp);
find("command").addEventListener("keydown", (event) => {
  if (event.key === "Escape") giveUp();
  if (event.key === "Backspace" && event.target.value === "" && drawn[0]?.element.contains(event.target)) {
    event.preventDefault();
    giveUp();
  }
});
