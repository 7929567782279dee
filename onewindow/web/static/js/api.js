/**
 * Calls to the server. Each command carries an Idempotency-Key; when its reply is lost, the same
 * key is sent again, so that a double click or a cut network never calls two people.
 */

/** Milliseconds before each further try; a little chance is added against a rush of pages. */
const PAUSES_MS = [400, 1000, 2000, 4000];
const TIMEOUT_MS = 10000;
const WATCH_MS = 500;
/** Answers that say "not now", sent before anything was decided. */
const TRY_AGAIN = new Set([502, 503, 504]);

/** Answers of the server since the page was loaded, refusals among them: whoever counts on sees that it is there. */
export let answers = 0;

/**
 * Why a call was refused or got no answer: `code` is stable, `zh`/`en` say what, `todoZh`/`todoEn`
 * what to do, `status` is the HTTP status (0: no answer), `body` the whole problem document.
 */
export class Problem extends Error {
  constructor(status, body) {
    super(body.detail_en || body.en || body.title || body.detail || `HTTP ${status}`);
    this.name = "Problem";
    this.status = status;
    this.code = body.code || (status ? `http_${status}` : "no_answer");
    this.zh = body.detail || body.zh || body.title || "没有办成，请重试";
    this.en = body.detail_en || body.en || body.title || "It did not work; please try again";
    this.todoZh = body.todo_zh || "";
    this.todoEn = body.todo_en || "";
    this.body = body;
  }
}

/**
 * A fresh key. `crypto.randomUUID` does not exist on plain http, `getRandomValues` does.
 *
 * @returns {string} 32 hexadecimal digits, 128 bits
 */
export function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * Sends a command and waits for its outcome.
 *
 * @param {string} path e.g. "/api/windows/07/call-next"
 * @param {object} [body]
 * @param {{key?: string, tries?: number, onRetry?: (n: number) => void, token?: string, until?: () => boolean}} [options]
 *   hand in a stored key to repeat a command across a reload; onRetry is told each further try, to show it;
 *   token: a ticket's, for its holder's own commands; until: no further try, and no more waiting, once it says true
 * @returns {Promise<any>} the decoded answer (null without content)
 * @throws {Problem}
 */
export async function command(path, body = {}, { key = newKey(), tries = PAUSES_MS.length + 1, onRetry, token, until } = {}) {
  const request = {
    method: "POST",
    headers: {
      "Content-Type": "application/json",
      Accept: "application/json",
      "Idempotency-Key": key,
      ...(token ? { Authorization: `Bearer ${token}` } : {}),
    },
    body: JSON.stringify(body),
  };
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await send(path, request, until);
    } catch (problem) {
      const lost = problem.status === 0 || TRY_AGAIN.has(problem.status);
      if (!lost || attempt >= tries || until?.()) throw problem;
      await pause(PAUSES_MS[Math.min(attempt, PAUSES_MS.length) - 1]);
      if (until?.()) throw problem;
      onRetry?.(attempt + 1);
    }
  }
}

/**
 * Reads something. Not retried: the page's own rhythm asks again.
 *
 * @param {string} path
 * @param {AbortController} [cut] aborted: it is given up, as one without an answer
 * @returns {Promise<any>}
 * @throws {Problem}
 */
export function get(path, cut) {
  return send(path, { method: "GET", headers: { Accept: "application/json" } }, undefined, cut);
}

async function send(path, request, until, cut = new AbortController()) {
  const timer = setTimeout(() => cut.abort(), TIMEOUT_MS);
  const watch = until && setInterval(() => until() && cut.abort(), WATCH_MS);
  try {
    const response = await fetch(path, { credentials: "same-origin", cache: "no-store", ...request, signal: cut.signal });
    const answer = await decoded(response);
    if (!TRY_AGAIN.has(response.status)) answers += 1;
    if (response.ok) return answer;
    throw new Problem(response.status, answer && typeof answer === "object" ? answer : {});
  } catch (error) {
    if (error instanceof Problem) throw error;
    throw new Problem(0, {
      code: "no_answer",
      zh: "没有收到服务器的答复",
      en: "No answer from the server",
      todo_zh: "请检查网络后重试，重试不会重复办理",
      todo_en: "Check the network and try again; nothing is done twice",
    });
  } finally {
    clearTimeout(timer);
    clearInterval(watch);
  }
}

/** The JSON of an answer; an answer cut off midway throws, and so counts as lost. */
async function decoded(response) {
  if (response.status === 204) return null;
  const isJson = /\bjson\b/.test(response.headers.get("Content-Type") ?? "");
  if (!isJson) {
    await response.text();
    return null;
  }
  return response.json();
}

function pause(milliseconds) {
  return new Promise((resolve) => setTimeout(resolve, milliseconds * (0.75 + Math.random() / 2)));
}
