// What the page knows. The server tells all of it but who one is, which channel is open, and what one dismissed.

export const state = {
  channels: new Map(), // id -> channel, with its messages
  chosen: null, // the open channel's id
  picked: false, // whether somebody chose it; else the page follows what happens first
  people: [],
  me: null, // the id of who one is; null watches everything
  course: null,
  control: null, // clock, cast, faults and bot, as the last `control` event told
  over: false,
  dismissed: new Set(), // ids of private messages
};

export const channel = () => state.channels.get(state.chosen) ?? null;

/** Whether the rehearsal is over, or just ending: nothing can be done in it any more. */
export const ended = () => state.over || Boolean(state.control?.finished);

export const person = (id = state.me) => state.people.find((one) => one.id === id) ?? null;

export const withRole = (role) => state.people.find((one) => one.role === role) ?? null;

/** "#hall-f"; threads and direct messages have no sign. */
export const named = ({ kind, name }) => (kind === "text" ? `#${name}` : name);

/** The last message of a kind that is kept up to date, `board` or `console`, with its channel; or null. */
export function live(kind) {
  const found = [...state.channels.values()].flatMap((place) =>
    [...place.messages.values()].filter((message) => message.live === kind).map((message) => ({ place, message })),
  );
  return found.find(({ place }) => place.id === state.chosen) ?? found.at(-1) ?? null;
}
