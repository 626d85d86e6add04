// Requests to the server this page came from. The cookie says who we are.

export class Refused extends Error {
  constructor(code, status) {
    super(code);
    this.code = code;
    this.status = status;
  }
}

function bodyOf(form) {
  if (!Object.values(form).some((value) => value instanceof Blob)) return new URLSearchParams(form);
  const body = new FormData();
  for (const [name, value] of Object.entries(form)) body.append(name, value);
  return body;
}

export async function ask(method, path, form) {
  const wish = { method, headers: { Accept: "application/json" } };
  if (form) wish.body = bodyOf(form);
  let answer;
  try {
    answer = await fetch(path, wish);
  } catch {
    throw new Refused("unreachable", 0);
  }
  const found = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Refused(found.error || "unreachable", answer.status);
  return found;
}

export const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

// Calls `take` with every event from now on; `again` whenever everything must be loaded anew; `reach` with whether the server answers.
export async function listen({ take, again, reach }) {
  let next = null;
  for (;;) {
    try {
      if (next === null) {
        next = (await ask("GET", "/events")).next;
        await again();
        reach("");
      }
      const found = await ask("GET", `/events?after=${next}&wait=25`);
      next = found.reset ? null : found.next;
      for (const event of found.events) take(event);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      reach(error.code);
      next = null;
      await pause(error.code === "token" ? 10000 : 1000);
    }
  }
}
