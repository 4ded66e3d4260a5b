// The smallest things that the page is made of.

export const find = (id) => document.getElementById(id);

export function make(tag, className = "", text = "") {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (text) element.textContent = text;
  return element;
}

export function say(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** A button or select as Discord draws it; a picture only. */
export function drawControl({ label, look }) {
  const button = make("button", `control ${look}`, label);
  button.type = "button";
  button.title = "The cast presses the buttons: here one can only watch so far";
  button.setAttribute("aria-disabled", "true");
  return button;
}
