// Requests to the rehearsal that the page comes from, and to nobody else.

const UNREACHED = "The rehearsal cannot be reached; see the terminal that it was started in.";

/** Ask for JSON. The error's message is for people. */
export const get = (path) => answered(fetch(path));

/** Send JSON; the answer is JSON. The error's message is for people. */
export const post = (path, body) =>
  answered(
    fetch(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) }),
  );

async function answered(request) {
  const response = await request.catch(() => {
    throw new Error(UNREACHED);
  });
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new Error(answer.error ?? `The rehearsal answered ${response.status}.`);
  return answer;
}
