// A schedule file, dropped on the page or chosen with a button, is imported as the manager would: /schedule import.

import { find } from "./drawing.js";
import { encoded } from "./encoding.js";
import { post } from "./http.js";
import { ended, state, withRole } from "./state.js";
import { complain, settle } from "./trouble.js";

/** `shows` opens a channel as somebody. */
export function takeFiles(shows) {
  const inside = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");
  // elsewhere than in a box for files: there the browser would leave the page and open the file
  const strays = (event) => inside(event) && event.target.type !== "file";
  const takes = () => !ended() && withRole("manager") !== null && !find("form").open;
  window.addEventListener("dragover", (event) => {
    if (!strays(event)) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = takes() ? "copy" : "none";
    if (!takes()) return;
    find("drop-name").textContent = withRole("manager").name;
    find("drop").hidden = false;
  });
  window.addEventListener("dragleave", (event) => {
    if (event.relatedTarget === null) find("drop").hidden = true;
  });
  window.addEventListener("drop", (event) => {
    if (!strays(event)) return;
    event.preventDefault();
    find("drop").hidden = true;
    if (takes()) bring(event.dataTransfer.files[0], shows);
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
