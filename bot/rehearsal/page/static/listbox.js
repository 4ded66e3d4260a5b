// A list that drops from a box or button, which keeps the focus and tells screen readers the active line (ARIA's
// combobox pattern). Used for commands, options, selects in messages and in forms.

import { freshId, make } from "./drawing.js";

export class Listbox {
  /** `owner` has the focus; `pick` is called with the item that is clicked or taken with Enter. */
  constructor(owner, { label, pick, multiple = false }) {
    Object.assign(this, { owner, pick, multiple, items: [], active: -1 });
    this.element = make("ul", "listbox");
    this.element.id = freshId("list");
    this.element.setAttribute("role", "listbox");
    this.element.setAttribute("aria-label", label);
    if (multiple) this.element.setAttribute("aria-multiselectable", "true");
    this.element.hidden = true;
    // the focus stays with the owner
    this.element.addEventListener("mousedown", (event) => event.preventDefault());
    owner.setAttribute("role", "combobox");
    owner.setAttribute("aria-haspopup", "listbox");
    owner.setAttribute("aria-controls", this.element.id);
    owner.setAttribute("aria-expanded", "false");
  }

  get isOpen() {
    return !this.element.hidden;
  }

  get current() {
    return this.items[this.active] ?? null;
  }

  /** Show items `{label, detail, value}`; `chosen` are values that are ticked, `active` is the line to begin with. */
  show(items, { chosen = new Set(), active = items.length ? 0 : -1 } = {}) {
    this.items = items;
    this.element.replaceChildren(...items.map((item) => this.#line(item, chosen.has(item.value))));
    this.element.hidden = items.length === 0;
    this.owner.setAttribute("aria-expanded", String(this.isOpen));
    this.#activate(active);
  }

  hide() {
    this.show([]);
  }

  /** Go up or down, round and round. */
  move(step) {
    if (this.items.length) this.#activate((this.active + step + this.items.length) % this.items.length);
  }

  /** Go to the next line that begins with a letter. */
  seek(letter) {
    const from = this.active + 1;
    const order = [...this.items.keys()].map((index) => (index + from) % this.items.length);
    const found = order.find((index) => this.items[index].label.toLowerCase().startsWith(letter.toLowerCase()));
    if (found !== undefined) this.#activate(found);
  }

  #line(item, isChosen) {
    const line = make("li", isChosen ? "chosen" : "");
    line.id = freshId("line");
    line.setAttribute("role", "option");
    line.setAttribute("aria-selected", String(isChosen));
    const label = make("span", "label", item.label);
    label.dir = "auto";
    line.append(label);
    if (item.detail) {
      const detail = make("span", "detail", item.detail);
      detail.dir = "auto";
      line.append(detail);
    }
    line.addEventListener("click", () => this.pick(item));
    line.addEventListener("mousemove", () => {
      // not when the list scrolls under a mouse that rests
      const index = this.items.indexOf(item);
      if (index !== this.active) this.#activate(index, false);
    });
    return line;
  }

  #activate(index, scrolls = true) {
    const lines = this.element.children;
    lines[this.active]?.classList.remove("active");
    this.active = index;
    const line = lines[index];
    if (!line) {
      this.owner.removeAttribute("aria-activedescendant");
      return;
    }
    line.classList.add("active");
    this.owner.setAttribute("aria-activedescendant", line.id);
    if (!this.multiple) for (const other of lines) other.setAttribute("aria-selected", String(other === line));
    if (scrolls) line.scrollIntoView({ block: "nearest" });
  }
}
