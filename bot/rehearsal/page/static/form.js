// A form that the bot asks to fill in, as a dialog: Esc and Cancel close it, the focus stays inside meanwhile.

import { busily, find, freshId, make } from "./drawing.js";
import { drawField } from "./fields.js";
import { complain, settle } from "./trouble.js";

/** Show it; `send` gets the values by the fields' ids and fails with an error for people. */
export function openForm(form, send) {
  const dialog = find("form");
  const fields = form.fields.map((field) => ({ ...drawField(field), id: field.id }));
  find("form-title").textContent = form.title;
  find("form-fields").replaceChildren(...fields.map(({ element }) => element));
  settle("form");
  find("form-form").onsubmit = (event) => {
    event.preventDefault(); // nothing leaves the page but through `send`
    busily(find("form-send"), () => submit(fields, send));
  };
  if (!dialog.open) dialog.showModal();
  fields.find(({ focus }) => focus)?.focus();
}

async function submit(fields, send) {
  settle("form");
  try {
    const values = await Promise.all(fields.filter(({ read }) => read).map(async ({ id, read }) => [id, await read()]));
    const shown = find("form-fields").firstElementChild;
    await send(Object.fromEntries(values));
    // the answer may be another form in the same dialog
    if (find("form-fields").firstElementChild === shown) find("form").close();
  } catch (error) {
    complain("form", error.message);
  }
}

find("form-cancel").addEventListener("click", () => find("form").close());

// --- yes or no ---------------------------------------------------------------------------------------------------

/** Ask before something that cannot be taken back; true if they go on. */
export function confirmed(title, text, yes) {
  const dialog = make("dialog", "sheet");
  const heading = make("h2", "", title);
  heading.id = freshId("title");
  dialog.setAttribute("aria-labelledby", heading.id);
  const buttons = make("form", "buttons");
  buttons.method = "dialog";
  for (const [value, label, look] of [["", "Not yet", "secondary"], ["yes", yes, "danger"]]) {
    const button = make("button", `control ${look}`, label);
    button.value = value;
    buttons.append(button);
  }
  dialog.append(heading, make("p", "", text), buttons);
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue === "yes");
    });
  });
}
