// Private answers about questions, of which there are many, stand folded together between the channel's messages: a line
// says whose they are.

import { make } from "./drawing.js";

const NAMED = 3; // people; of more only the number is said

/** Add a private answer to the list's last row if that folds such, else to a row of its own. */
export function addAside(list, item, name) {
  let row = list.lastElementChild;
  if (!row?.classList.contains("asides")) {
    row = make("li", "asides");
    const details = make("details");
    details.append(make("summary"), make("ol"));
    row.append(details);
    list.append(row);
  }
  item.dataset.reader = name;
  row.querySelector("ol").append(item);
  count(row);
}

/** Take a message out, and the row that folded it once that is empty; rows that come together become one. */
export function take(item) {
  if (!item) return;
  const row = item.closest(".asides");
  const next = (row ?? item).nextElementSibling;
  item.remove();
  if (row?.querySelector(".message")) {
    count(row);
    return;
  }
  row?.remove();
  const before = next?.previousElementSibling;
  if (!next?.classList.contains("asides") || !before?.classList.contains("asides")) return;
  before.querySelector("ol").append(...next.querySelector("ol").children);
  next.remove();
  count(before);
}

function count(row) {
  const items = [...row.querySelectorAll(".message")];
  const names = [...new Set(items.map((item) => item.dataset.reader))];
  const others = names.length - NAMED;
  const readers = names.slice(0, NAMED).join(", ") + (others > 0 ? ` and ${others} more` : "");
  const what = items.length === 1 ? "1 private answer about questions" : `${items.length} private answers about questions`;
  row.querySelector("summary").textContent = `${what}, to ${readers}`;
}
