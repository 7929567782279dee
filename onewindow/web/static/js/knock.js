/**
 * Knocking (敲门): a page that lost the server asks again and again, by a small GET, until it answers.
 *
 * Not by the WebSocket itself: after a dozen of them in vain a browser holds each further one back for up to five
 * seconds, and a hall whose network is back wants its boards within one. The pauses grow at first, are spread by
 * chance against a rush of pages, and stay below a second while anybody may still be waiting.
 */

const PATH = "/healthz";
const FIRST_MS = 200;
const MOST_MS = 800;
/** After a quarter of an hour nobody stands before the page any more. */
const LONG_MS = 15 * 60000;
const LONG_PAUSE_MS = 5000;
/** A request into a network that swallows it is given up for another one, at once: a server that stands still takes
 * requests, and answers the one that hangs when it goes on. */
const PATIENCE_MS = 2000;
const SPREAD_MS = 100;

export class Knock {
  #onAnswer;
  #timer = 0;
  #tries = 0;
  #since = 0;
  /** @type {AbortController | null} */ #asking = null;

  /** @param {() => void} onAnswer the server has answered; called once for each `start` */
  constructor(onAnswer) {
    this.#onAnswer = onAnswer;
  }

  /** Begins after so many milliseconds; does nothing while it is at work. @param {number} wait */
  start(wait = 0) {
    if (this.#timer || this.#asking) return;
    this.#tries = 0;
    this.#since = Date.now();
    this.#later(wait);
  }

  stop() {
    clearTimeout(this.#timer);
    this.#timer = 0;
    this.#asking?.abort();
    this.#asking = null;
  }

  #later(wait) {
    this.#timer = setTimeout(() => {
      this.#timer = 0;
      this.#ask();
    }, wait);
  }

  async #ask() {
    const asking = new AbortController();
    this.#asking = asking;
    let swallowed = false;
    const cut = setTimeout(() => {
      swallowed = true;
      asking.abort();
    }, PATIENCE_MS);
    let answered = false;
    try {
      const answer = await fetch(PATH, { cache: "no-store", credentials: "omit", signal: asking.signal });
      answered = answer.ok;
    } catch {
      // No answer yet.
    }
    clearTimeout(cut);
    if (this.#asking !== asking) return; // stopped meanwhile
    this.#asking = null;
    if (answered) {
      this.#onAnswer();
      return;
    }
    const long = Date.now() - this.#since > LONG_MS;
    if (swallowed && !long) {
      this.#later(Math.random() * SPREAD_MS);
      return;
    }
    const most = long ? LONG_PAUSE_MS : MOST_MS;
    this.#later(Math.min(FIRST_MS * 2 ** this.#tries, most) * (0.5 + Math.random() / 2));
    this.#tries += 1;
  }
}
