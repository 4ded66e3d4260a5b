// A select as Discord draws it: a button that drops a list, in messages and in forms. Several may be chosen where the
// bot allows it: Space or a click ticks, leaving the list sends, Esc does not.

import { make, makeButton } from "./drawing.js";
import { Listbox } from "./listbox.js";

/**
 * `done` gets the chosen values when the list is left with another choice than before; `refused` is called where it is
 * pressed while it is disabled.
 * The element's `values()` tells what is chosen; `data-open` stands on it while the list is shown.
 */
export function makePicker({
  label,
  placeholder,
  options,
  min = 1,
  max = 1,
  disabled = () => false,
  done = () => {},
  refused = () => {},
}) {
  const picker = make("span", "picker");
  const button = makeButton("control select", "", () => (list.isOpen ? leave() : open()));
  const list = new Listbox(button, { label, pick: take, multiple: max > 1 });
  let chosen = new Set(options.filter((option) => option.default).map((option) => option.value));
  let before = chosen;

  function open() {
    if (disabled()) return refused();
    before = new Set(chosen);
    const first = options.findIndex((option) => chosen.has(option.value));
    draw(Math.max(first, 0));
    if (!list.isOpen) return;
    picker.dataset.open = "";
    list.element.scrollIntoView({ block: "nearest" });
  }

  function draw(active) {
    list.show(options.map(({ label: text, description, value }) => ({ label: text, detail: description, value })), {
      chosen,
      active,
    });
  }

  function take({ value }) {
    if (max === 1) {
      chosen = new Set([value]);
      leave({ again: true });
      return;
    }
    if (!chosen.delete(value) && chosen.size < max) chosen.add(value);
    draw(list.active);
    name();
  }

  /** `again`: choosing the same once more is also a choice. */
  function leave({ again = false } = {}) {
    if (!list.isOpen) return;
    close();
    const same = chosen.size === before.size && [...chosen].every((value) => before.has(value));
    if (chosen.size < min || (same && !again)) chosen = before;
    else done([...chosen]);
    name();
  }

  function close() {
    list.hide();
    delete picker.dataset.open;
    picker.dispatchEvent(new CustomEvent("shut", { bubbles: true }));
  }

  function name() {
    const labels = options.filter((option) => chosen.has(option.value)).map((option) => option.label);
    button.textContent = labels.join(", ") || placeholder || "Make a selection";
    button.classList.toggle("empty", labels.length === 0);
  }

  const keys = {
    ArrowDown: () => (list.isOpen ? list.move(1) : open()),
    ArrowUp: () => (list.isOpen ? list.move(-1) : open()),
    Enter: () => (max > 1 && list.isOpen ? leave() : list.isOpen ? take(list.current) : open()),
    " ": () => (list.isOpen ? take(list.current) : open()),
    Escape: () => {
      chosen = before;
      close();
      name();
    },
  };
  button.addEventListener("keydown", (event) => {
    const does = event.key === "Escape" && !list.isOpen ? null : keys[event.key];
    if (does) {
      event.preventDefault();
      event.stopPropagation(); // Esc leaves the list, not the form around it
      does();
    } else if (event.key.length === 1 && list.isOpen) list.seek(event.key);
  });
  button.addEventListener("blur", () => leave());
  button.setAttribute("aria-label", label);
  if (disabled()) button.setAttribute("aria-disabled", "true");
  name();
  picker.append(button, list.element);
  picker.values = () => [...chosen];
  return picker;
}
