/**
 * The console's commands (操作): one at a time, each under one Idempotency-Key that is kept until its outcome is
 * known, across a lost reply and a reload. The same key is sent again, so that nobody is called twice.
 */
import { command, newKey, Problem } from "./api.js";

/** An unanswered command younger than this is sent again by itself; an older one waits for a person's word. */
export const FRESH_MS = 120000;
const LOST = new Set([0, 502, 503, 504]);

/** @typedef {{key: string, path: string, body: object, zh: string, who: string, at: number}} Pending */

export class Commands {
  #store;
  #who;
  #onChange;
  #refresh;
  #say;
  #sending = false;
  /** @type {Pending|null} */ pending = null;
  /** The pending command had no answer, and nobody is asking for one now. */
  lost = false;
  /** Why the last command was refused; null when it wasn't. @type {Problem|null} */ refused = null;
  /** Codes of refusals that whoever sent the command shows himself. */
  #shown = [];

  /**
   * @param {object} page
   * @param {string} page.store name under which the pending command is kept in this tab
   * @param {string} page.who the principal: another person's key is another key
   * @param {() => void} page.onChange busy or pending has changed
   * @param {() => Promise<void>} page.refresh reads the window anew
   * @param {(kind: string, zh: string, todo?: string) => void} page.say shows an outcome
   */
  constructor({ store, who, onChange, refresh, say }) {
    this.#store = store;
    this.#who = who;
    this.#onChange = onChange;
    this.#refresh = refresh;
    this.#say = say;
    this.pending = this.#kept();
    this.lost = this.pending !== null;
  }

  get busy() {
    return this.#sending;
  }

  /**
   * Sends a command, unless another one is under way or unanswered.
   *
   * @param {string} path
   * @param {object} body
   * @param {string} zh what it is, for messages
   * @param {string[]} [shown] codes of refusals that aren't said here, but left to the caller in `refused`
   * @returns {Promise<object|null>} the answer; null when it was refused, lost, or not sent
   */
  async send(path, body, zh, shown = []) {
    if (this.#sending) return null;
    if (this.pending !== null) {
      this.#say("warn", `“${this.pending.zh}”还没有答复`, "请先按“再试一次”，重试不会重复办理。");
      return null;
    }
    this.#shown = shown;
    this.#keep({ key: newKey(), path, body, zh, who: this.#who, at: Date.now() });
    return this.#deliver();
  }

  /** Sends the unanswered command again, under its own key. */
  async retry() {
    if (this.pending === null || this.#sending) return null;
    return this.#deliver();
  }

  /** Retries by itself what is fresh enough; called when the server is there again. */
  resume() {
    if (this.lost && this.pending !== null && Date.now() - this.pending.at < FRESH_MS) this.retry();
  }

  /** Gives the unanswered command up: what the window shows then is what was done. */
  async drop() {
    if (this.#sending) return;
    this.#keep(null);
    await this.#refresh();
  }

  async #deliver() {
    const { key, path, body, zh } = this.pending;
    this.#sending = true;
    this.lost = false;
    this.refused = null;
    this.#onChange();
    try {
      const answer = await command(path, body, { key, tries: 3 });
      this.#keep(null);
      return answer ?? {};
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      if (LOST.has(problem.status)) {
        this.lost = true;
      } else {
        this.#keep(null);
        this.refused = problem;
        if (!this.#shown.includes(problem.code)) this.#say("error", problem.zh, "", `${zh} · ${problem.body.detail_en ?? problem.en}`);
      }
      return null;
    } finally {
      // Busy until the window has been read after the outcome: no key acts on what was true before.
      await this.#refresh();
      this.#sending = false;
      this.#onChange();
    }
  }

  #keep(pending) {
    this.pending = pending;
    if (pending === null) this.lost = false;
    try {
      if (pending === null) sessionStorage.removeItem(this.#store);
      else sessionStorage.setItem(this.#store, JSON.stringify(pending));
    } catch {
      // Storage that is full or forbidden: the key is then kept for as long as the page is.
    }
    this.#onChange();
  }

  /** What an earlier page of this tab left unanswered, if the same person asks. */
  #kept() {
    try {
      const found = JSON.parse(sessionStorage.getItem(this.#store) ?? "null");
      return found !== null && found.who === this.#who ? found : null;
    } catch {
      return null;
    }
  }
}
