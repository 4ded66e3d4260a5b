// A schedule file, dropped on the page or chosen with a button, is imported as the manager would: /schedule import.

import { find } from "./drawing.js";
import { encoded } from "./encoding.js";
import { post } from "./http.js";
import { state, withRole } from "./state.js";
import { complain, settle } from "./trouble.js";

/** `shows` opens a channel as somebody. */
export function takeFiles(shows) {
  const inside = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");
  const takes = ({ target }) =>
    target.type !== "file" && !state.over && withRole("manager") !== null && !find("form").open;
  window.addEventListener("dragover", (event) => {
    if (!inside(event) || !takes(event)) return;
    event.preventDefault();
    find("drop-name").textContent = withRole("manager").name;
    find("drop").hidden = false;
  });
  window.addEventListener("dragleave", (event) => {
    if (event.relatedTarget === null) find("drop").hidden = true;
  });
  window.addEventListener("drop", (event) => {
    if (!inside(event) || !takes(event)) return;
    event.preventDefault();
    find("drop").hidden = true;
    bring(event.dataTransfer.files[0], shows);
  });
  find("attach").addEventListener("click", () => find("attached").click());
  find("attached").addEventListener("change", ({ target }) => {
    if (target.files.length) bring(target.files[0], shows);
    target.value = "";
  });
}

/** The rehearsal imports it as who one is, if they may, else as the manager: whoever it was, one sees their answer. */
async function bring(file, shows) {
  settle("composer");
  try {
    const as = state.me ?? withRole("manager").id;
    const taken = await post("act/drop", { as, channel: state.chosen, file: await encoded(file) });
    await shows(taken.as, taken.channel);
  } catch (error) {
    complain("composer", error.message);
  }
}
