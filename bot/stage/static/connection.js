// Follows a page's events; where the connection is lost it says so, and comes back by itself, less and less often.

const SILENCE = 15000; // milliseconds; the server speaks every 5 s
const FIRST = 500;
const LONGEST = 15000;

/**
 * @param heard by the event's name, what takes its data
 * @param told `lost()`, `found()` and, where the link works no longer, `gone()`
 */
export function follow(heard, told) {
  const page = location.pathname.replace(/\/+$/, "");
  let source = null;
  let heardAt = 0;
  let attempts = 0;
  let waiting = null;
  let asking = false;
  let ended = false;

  function open() {
    heardAt = performance.now();
    source = new EventSource(`${page}/events`);
    for (const [name, handler] of Object.entries(heard)) {
      source.addEventListener(name, (event) => {
        heardAt = performance.now();
        attempts = 0;
        handler(JSON.parse(event.data));
        told.found();
      });
    }
    source.addEventListener("gone", end);
    source.onerror = lose;
  }

  function end() {
    ended = true;
    close();
    told.gone();
  }

  function close() {
    if (source) source.close();
    source = null;
  }

  function lose() {
    if (ended || waiting || asking) return;
    close();
    told.lost();
    // many screens that lost it together do not come back together
    const delay = Math.min(FIRST * 2 ** attempts, LONGEST) * (0.75 + Math.random() / 2);
    attempts += 1;
    waiting = setTimeout(again, delay);
  }

  /** Events that are refused do not say why; the page does. A proxy whose bot is away may say 404 as well. */
  async function again() {
    waiting = null;
    asking = true;
    let next = lose;
    const limit = new AbortController();
    const timer = setTimeout(() => limit.abort(), SILENCE);
    try {
      const answer = await fetch(page, { method: "HEAD", cache: "no-store", signal: limit.signal });
      if (answer.status !== 404) next = open;
      else if (answer.headers.has("X-Chairside")) next = end;
    } catch (error) {
      // it is tried again
    }
    clearTimeout(timer);
    asking = false;
    next();
  }

  setInterval(() => {
    if (source && performance.now() - heardAt > SILENCE) lose();
  }, 1000);
  window.addEventListener("online", () => {
    if (!waiting || ended) return;
    clearTimeout(waiting);
    again();
  });
  open();
}
