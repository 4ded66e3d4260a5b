// Menus: the one of a message with the bot's commands for messages, and those of the bar at the top.

import { act } from "./act.js";
import { make, makeButton } from "./drawing.js";
import { get } from "./http.js";
import { state } from "./state.js";

/** Let a button show and hide what stands behind it; Esc, a click elsewhere and Tab out of it hide it. */
export function makeMenu(button, panel) {
  const around = button.parentElement;
  const toggle = (shown) => {
    panel.hidden = !shown;
    button.setAttribute("aria-expanded", String(shown));
  };
  toggle(false);
  button.setAttribute("aria-controls", panel.id);
  button.addEventListener("click", () => toggle(panel.hidden && button.getAttribute("aria-disabled") !== "true"));
  around.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || panel.hidden) return;
    toggle(false);
    button.focus();
  });
  around.addEventListener("focusout", ({ relatedTarget }) => {
    if (relatedTarget && !around.contains(relatedTarget)) toggle(false);
  });
  document.addEventListener("pointerdown", ({ target }) => !around.contains(target) && toggle(false));
}

/** Open the menu of a message below its button, once the bot's commands for messages are known. */
export async function openMenu(button, message) {
  const around = button.parentElement;
  if (around.querySelector(".menu")) return close();
  const menu = make("div", "menu");
  menu.setAttribute("role", "group");
  menu.setAttribute("aria-label", "Apps");
  const { menus = [] } = await commandsHere(message.channel).catch(() => ({}));
  menu.append(make("p", "quiet", menus.length ? "Apps" : "The bot offers nothing for this message."));
  menu.append(...menus.map((name) => makeButton("plain", name, () => use(name))));
  around.append(menu);
  around.dataset.open = "";
  button.setAttribute("aria-expanded", "true");
  menu.querySelector("button")?.focus();
  around.addEventListener("keydown", onKey);
  document.addEventListener("pointerdown", onPointer);

  function use(name) {
    close();
    act("menu", { message: message.id, name }, `message:${message.id}`);
  }
  function onKey(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const all = [...menu.querySelectorAll("button")];
    if (step && all.length) {
      event.preventDefault();
      all[(all.indexOf(document.activeElement) + step + all.length) % all.length].focus();
    } else if (event.key === "Escape") close();
  }
  function onPointer({ target }) {
    if (!around.contains(target)) close(false);
  }
  function close(refocus = true) {
    around.querySelector(".menu")?.remove();
    delete around.dataset.open;
    button.setAttribute("aria-expanded", "false");
    around.removeEventListener("keydown", onKey);
    document.removeEventListener("pointerdown", onPointer);
    if (refocus) button.focus();
    around.dispatchEvent(new CustomEvent("shut", { bubbles: true }));
  }
}

/** What the bot offers to who one is in a channel: `{commands, menus}`. */
export const commandsHere = (channel) =>
  get(`commands?as=${encodeURIComponent(state.me)}&channel=${encodeURIComponent(channel)}`);
