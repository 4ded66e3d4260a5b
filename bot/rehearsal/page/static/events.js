// The server-sent events. The browser comes again by itself after a cut line; after a refusal the page does.

const RETRY = 2000; // milliseconds

let source = null;

/**
 * Listen as a person, or to everything where `as` is null; whoever listened before hears no more.
 * `heard` has a function for each event; `lost` is called when the line is cut, `refused` when that person is unknown.
 */
export function listen(as, heard, lost, refused) {
  source?.close();
  const mine = new EventSource(`events?as=${encodeURIComponent(as ?? "")}`);
  source = mine;
  for (const [name, handler] of Object.entries(heard)) {
    mine.addEventListener(name, (event) => mine === source && handler(JSON.parse(event.data)));
  }
  mine.onerror = () => {
    if (mine !== source) return;
    lost();
    if (mine.readyState === EventSource.CLOSED) setTimeout(() => mine === source && refused(), RETRY);
  };
}
