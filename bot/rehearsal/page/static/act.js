// What somebody does: sent to the rehearsal as the person one is, and through it to the bot as a real interaction.

import { makeButton } from "./drawing.js";
import { openForm } from "./form.js";
import { post } from "./http.js";
import { ended, person, state, withRole } from "./state.js";
import { complain, settle } from "./trouble.js";

const ENDED = "The rehearsal has ended: what stands here is to be read only.";

let becomes = () => {};

/** Tell how one becomes somebody: who only watches is offered that where they press. */
export function onBecoming(become) {
  becomes = become;
}

/** Do it; true if it arrived. What went wrong is said at `place`; a form that the bot asks to fill in is opened. */
export async function act(what, body, place) {
  const as = state.me;
  if (ended()) {
    complain(place, ENDED);
    return false;
  }
  if (as === null) {
    offer(place);
    return false;
  }
  settle(place);
  try {
    const answer = await post(`act/${what}`, { as, ...body });
    if (answer.form) openForm(answer.form, (values) => submit(as, answer.form.token, values));
    return true;
  } catch (error) {
    complain(place, error.message);
    return false;
  }
}

/** Send a form; the error, if any, is the form's to show. */
async function submit(as, form, values) {
  const answer = await post("act/submit", { as, form, values });
  if (answer.form) openForm(answer.form, (next) => submit(as, answer.form.token, next));
}

function offer(place) {
  const offers = ["moderator", "attendee"].map(withRole).filter(Boolean).map(({ id, name }) =>
    makeButton("plain", `Be ${name}`, () => {
      settle(place);
      becomes(id);
    }),
  );
  complain(place, "You only watch. Choose who you are:", ...offers);
}

/** Whether one is somebody who may do things now. */
export const takesPart = () => person() !== null && !ended();
