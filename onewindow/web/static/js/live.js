/**
 * What a page of the staff knows (实时状态): a socket says that something changed, a GET says what.
 *
 * The truth is always the last GET; the socket is only a signal, so that a lost frame costs nothing. One
 * GET is in flight at a time; whatever asks meanwhile gets one more after it. Without any signal it
 * is read every few seconds all the same. A beat of the socket vouches for what was read only as long as nothing has
 * changed and no socket has been lost since: after a cut the page is live by a reading, never by a beat alone.
 *
 * One reading that fails does not say that the server is away: a second one is asked at once, and that one says it.
 */
import { answers, get } from "./api.js";
import { Signal } from "./signal.js";

const POLL_MS = 4000;
const REVIVE_MS = 1000;
/** While it is cut off: what it shows is to be true within a second of the network's return. */
const POLL_DOWN_MS = 700;
/** A reading that takes longer was held up on its way: the network may have come back without it. */
const HELD_UP_MS = 2000;

export class Live {
  #path;
  /** @type {Signal[]} */ #signals;
  #onState;
  #onLink;
  #heard;
  #pace;
  #signalled = 0;
  /** Signs so far that what was read last may be old, and how many of them the last reading knew of. */
  #signs = 0;
  #known = -1;
  /** Whether the last reading was held up. */
  #held = false;
  /** Whether the last reading failed, and the next one is to say whether the server is away. */
  #doubted = false;
  #flight = null;
  /** @type {{cut: AbortController, age: () => number, givenUp: boolean} | null} the reading in flight, and how old it is in ms */
  #reading = null;
  #next = null;
  #poll = 0;
  /** "starting", "up", "down" or "signed-out" */
  link = "starting";

  /**
   * @param {object} page
   * @param {string} page.path what to read
   * @param {string | string[]} page.signal path of the socket whose frames mean "read again"; or several
   * @param {(state: object, offset: number) => void} page.onState a reading, and server time minus ours in ms
   * @param {(link: string) => void} page.onLink the connection's state has changed
   * @param {(ago: number) => void} page.heard what is shown was true so many ms ago
   * @param {number} [page.pace] least ms between two readings that the socket asks for
   */
  constructor({ path, signal, onState, onLink, heard, pace = 0 }) {
    this.#path = path;
    const tell = {
      onChange: (first) => this.#changed(first),
      onClose: () => this.#lost(),
      heard: () => this.link === "up" && this.#known === this.#signs && heard(0),
    };
    this.#signals = [signal].flat().map((each) => new Signal({ path: each, ...tell }));
    this.#onState = onState;
    this.#onLink = onLink;
    this.#heard = heard;
    this.#pace = pace;
  }

  start() {
    for (const signal of this.#signals) signal.connect();
    this.refresh();
    const back = () => {
      if (document.visibilityState !== "visible") return;
      this.refresh();
      this.#revive();
    };
    document.addEventListener("visibilitychange", back);
    window.addEventListener("online", back);
    window.addEventListener("pageshow", back);
    setInterval(() => this.#revive(), REVIVE_MS);
  }

  /**
   * Reads anew. Resolves when a reading that began after this call has come or failed.
   *
   * @returns {Promise<void>}
   */
  refresh() {
    if (this.#flight === null) {
      this.#flight = this.#read();
      return this.#flight;
    }
    this.#next ??= this.#flight.then(() => {
      this.#next = null;
      this.#flight = this.#read();
      return this.#flight;
    });
    return this.#next;
  }

  async #read() {
    clearTimeout(this.#poll);
    const signs = this.#signs;
    const answered = answers;
    const asked = Date.now();
    const age = stopwatch();
    const cut = new AbortController();
    const reading = { cut, age, givenUp: false };
    this.#reading = reading;
    // The second after one that failed is not waited for as long as one usually is.
    const patience = this.#doubted ? setTimeout(() => cut.abort(), HELD_UP_MS) : 0;
    let held = false;
    try {
      const state = await get(this.#path, cut);
      // An answer that lay in the network is as old as its question at most.
      this.#heard(age());
      held = age() > HELD_UP_MS;
      // Half of the way there and back is the reply's age at most.
      this.#onState(state, state.now_ms - (asked + Date.now()) / 2);
      this.#known = signs;
      this.#doubted = false;
      this.#setLink("up");
    } catch (problem) {
      // One that was given up says nothing of the server: the next one, already on its way, does.
      if (!reading.givenUp) this.#failed(problem, age() > HELD_UP_MS && answers === answered);
    }
    clearTimeout(patience);
    this.#reading = null;
    if (this.#next === null) this.#flight = null;
    // The first that was held up may have been set free by the network's return: the next says so at once.
    const soon = this.#doubted || (held && !this.#held) ? 0 : POLL_DOWN_MS;
    this.#held = held;
    this.#poll = setTimeout(() => this.refresh(), this.link === "up" && !held && !this.#doubted ? POLL_MS : soon);
  }

  /**
   * A reading that failed.
   *
   * @param {Error} problem why
   * @param {boolean} silence for seconds nothing was answered, this one or another: no second one need be waited for
   */
  #failed(problem, silence) {
    const out = problem.status === 401 || problem.status === 403;
    this.#doubted = this.link === "up" && !out && !silence && !this.#doubted;
    if (!this.#doubted) this.#setLink(out ? "signed-out" : "down");
  }

  #setLink(link) {
    if (link === this.link) return;
    const wasDown = this.link === "down";
    this.link = link;
    if (link === "up" && wasDown) this.#revive();
    this.#onLink(link);
  }

  /**
   * The socket says that something has changed; several such within the pace are one. A socket's first word means that
   * the server is there: a reading that still hangs in a network that was cut is given up for a new one.
   *
   * @param {boolean} first
   */
  #changed(first) {
    this.#signs += 1;
    if (first) {
      if (this.#reading && this.#reading.age() > HELD_UP_MS) {
        this.#reading.givenUp = true;
        this.#reading.cut.abort();
      }
      this.refresh();
      return;
    }
    if (this.#signalled) return;
    this.#signalled = setTimeout(() => {
      this.#signalled = 0;
      this.refresh();
    }, this.#pace);
  }

  /** A socket is gone: what it would have said is not known. */
  #lost() {
    this.#signs += 1;
    this.refresh();
  }

  #revive() {
    for (const signal of this.#signals) signal.revive();
  }
}

/** Milliseconds from now on; the steady clock may stand still in sleep, the other may be set: the larger of both. */
function stopwatch() {
  const steady = performance.now();
  const clock = Date.now();
  return () => Math.max(performance.now() - steady, Date.now() - clock);
}
