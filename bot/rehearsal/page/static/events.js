// What happens, as it happens. By a WebSocket: of other connections a browser lets this address have six, all windows
// together, and their seventh would wait for ever.

const AGAIN = 2000; // milliseconds
const REFUSED = 4404; // nobody like that is in this rehearsal

let socket = null;

/**
 * Listen as a person, or to everything where `as` is null; whoever listened before hears no more.
 * `heard` has a function for each event; `lost` is called when the line is cut, `refused` when that person is unknown.
 */
export function listen(as, heard, lost, refused) {
  if (socket) leave(socket);
  const address = new URL(`events?as=${encodeURIComponent(as ?? "")}`, location.href);
  address.protocol = "ws:";
  const mine = new WebSocket(address);
  socket = mine;
  mine.onmessage = ({ data }) => {
    const [, name, told] = /^event: (\w+)\ndata: ([^\n]*)\n/.exec(data);
    if (mine === socket) heard[name]?.(JSON.parse(told));
  };
  mine.onclose = ({ code }) => {
    if (mine !== socket) return;
    lost();
    const next = code === REFUSED ? refused : () => listen(as, heard, lost, refused);
    setTimeout(() => mine === socket && next(), AGAIN);
  };
}

/** Browsers complain of a socket that is closed before it is open. */
function leave(one) {
  if (one.readyState === WebSocket.CONNECTING) one.onopen = () => one.close();
  else one.close();
}
