/** Asking the server whether an item may sound now (请求开播): only it knows how old the item is, and who else said it. */

/** So long an answer is waited for, and so long it holds. */
const ASK_MS = 2000;

export class Asking {
  #send;
  #n = 0;
  /** @type {(now: boolean | null) => void} */ #resolve = () => {};

  /** @param {(message: {ask: string, n: number}) => boolean} send */
  constructor(send) {
    this.#send = send;
  }

  /**
   * Asks until there is an answer.
   *
   * @param {string} id the item's
   * @param {() => boolean} wanted whether it is still to be said here
   * @returns {Promise<boolean>}
   */
  async may(id, wanted) {
    while (wanted()) {
      const at = clocks();
      const now = await new Promise((resolve) => {
        this.#resolve = resolve;
        window.setTimeout(resolve, ASK_MS, null);
        this.#n += 1;
        this.#send({ ask: id, n: this.#n });
      });
      // An answer that was read late, because the page slept, is none.
      if (now !== null && age(at) <= ASK_MS) return now;
    }
    return false;
  }

  /** The server's answer. @param {{n: number, now: boolean}} begin */
  answered({ n, now }) {
    if (n === this.#n) this.#resolve(now);
  }

  /** The line is a new one: a question that went with the old one is asked again. */
  renew() {
    this.#resolve(null);
  }
}

function clocks() {
  return [performance.now(), Date.now()];
}

/** Milliseconds since then by the clock that went further: the steady one stands still while a machine sleeps. */
function age([steady, clock]) {
  return Math.max(performance.now() - steady, Date.now() - clock);
}
