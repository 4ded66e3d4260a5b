// The smallest things that the page is made of.

export const find = (id) => document.getElementById(id);

export function make(tag, className = "", text = "") {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (text) element.textContent = text;
  return element;
}

/** A button that does not send a form. */
export function makeButton(className, text, pressed) {
  const button = make("button", className, text);
  button.type = "button";
  button.addEventListener("click", pressed);
  return button;
}

/** Set text only where it differs, so that a selection in it survives. */
export function say(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

let made = 0;

/** An id that nothing else on the page has. */
export const freshId = (word) => `${word}-${++made}`;

/** While something is on its way its button shows that, and is not pressed twice. */
export async function busily(button, doing) {
  if (button.getAttribute("aria-busy") === "true") return;
  button.setAttribute("aria-busy", "true");
  try {
    await doing();
  } finally {
    button.removeAttribute("aria-busy");
  }
}
