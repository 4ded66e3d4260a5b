// What both pages have: light or dark, full screen, a screen that stays awake, the venue's clock, the connection's line.

import { wall } from "./clock.js";
import { find, say } from "./drawing.js";
import { follow } from "./connection.js";

/** Dark, unless the address ends with ?light, or with ?auto and the system prefers light: by itself it always does. */
function chooseTheme() {
  const asked = new URLSearchParams(location.search);
  const systems = matchMedia("(prefers-color-scheme: light)").matches;
  document.documentElement.dataset.theme = asked.has("light") || (asked.has("auto") && systems) ? "light" : "dark";
}

function fullScreen() {
  if (document.fullscreenElement) document.exitFullscreen();
  else if (document.documentElement.requestFullscreen) document.documentElement.requestFullscreen().catch(() => {});
}

async function stayAwake() {
  try {
    if (navigator.wakeLock && document.visibilityState === "visible") await navigator.wakeLock.request("screen");
  } catch (error) {
    // the system may refuse, as on a low battery
  }
}

/** Follow a page: `draw(state)` when it changes, `tick(now)` ten times a second. */
export function start(clock, draw, tick) {
  let state = null;
  let lostAt = null;
  let gone = false;

  function connection() {
    const line = find("connection");
    let text = "";
    if (gone) text = "This link works no longer. Ask for the new one.";
    else if (lostAt !== null && state === null) text = "No connection. Trying again …";
    else if (lostAt !== null) text = `No connection since ${wall(lostAt, state.offset)}; still counting`;
    line.hidden = text === "";
    say(line, text);
  }

  follow(
    {
      clock(told) {
        clock.take(told);
      },
      state(told) {
        state = told;
        draw(state);
        step();
      },
    },
    {
      lost() {
        if (lostAt === null) lostAt = clock.isKnown ? clock.now() : 0;
        clock.doubt();
        connection();
      },
      found() {
        lostAt = null;
        connection();
      },
      gone() {
        gone = true;
        state = null;
        document.documentElement.dataset.gone = "";
        connection();
      },
    },
  );

  function step() {
    if (state === null || !clock.isKnown) return;
    const now = clock.now();
    say(find("time"), wall(now, state.offset));
    say(find("zone"), state.zone);
    tick(state, now);
  }

  chooseTheme();
  stayAwake();
  document.addEventListener("visibilitychange", stayAwake);
  find("full").addEventListener("click", fullScreen);
  document.addEventListener("keydown", (event) => {
    const plain = !event.ctrlKey && !event.altKey && !event.metaKey;
    if (plain && event.key.toLowerCase() === "f") fullScreen();
  });
  setInterval(step, 100);
}
