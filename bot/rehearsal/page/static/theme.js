// Dark or light: as the browser prefers, until somebody switches; that is remembered.

import { find } from "./drawing.js";

const KEY = "chairside-theme";
const prefers = matchMedia("(prefers-color-scheme: dark)");

const chosen = () => {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null; // a browser may forbid it
  }
};

function draw() {
  const theme = chosen();
  if (theme) document.documentElement.dataset.theme = theme;
  const dark = theme ? theme === "dark" : prefers.matches;
  find("theme").textContent = dark ? "☀" : "☾";
  find("theme").setAttribute("aria-label", dark ? "Switch to light" : "Switch to dark");
  find("theme").title = dark ? "Switch to light" : "Switch to dark";
}

find("theme").addEventListener("click", () => {
  const dark = chosen() ? chosen() === "dark" : prefers.matches;
  try {
    localStorage.setItem(KEY, dark ? "light" : "dark");
  } catch {
    // then it holds for this page alone
  }
  document.documentElement.dataset.theme = dark ? "light" : "dark";
  draw();
});
prefers.addEventListener("change", draw);
draw();
