/**
 * FrameSocket: follows one channel of the server for ever (频道连接).
 *
 * Keeps the channel's cells: a snapshot replaces them, a delta changes some. A silent socket or a page that wakes up
 * means a new connection, which names the version that it shows: it begins with what was missed, or a snapshot; after
 * a gap it must be a snapshot. What was called is told to `onCalls` once for each call id, and only while it is fresh:
 * a call made during a cut is shown, but nobody is made to look up for it.
 *
 * @typedef {{id: string, number: string, window: string, group_zh?: string,
 *            kind: "call" | "recall" | "correction", at: number}} Call
 * @typedef {{v: number, kind: "snapshot" | "delta" | "beat" | "test", at?: string, epoch?: string, cells?: Object<string, any>,
 *            set?: Object<string, any>, del?: string[], calls?: Call[]}} Frame
 */

import { Knock } from "./knock.js";

const BEAT_MS = 5000;
/** A server that takes the connection and says nothing is not asked often. */
const FIRST_RETRY_MS = 400;
const LAST_RETRY_MS = 10000;
/** Told by the server that the address is wrong: asking often is of no use, but days change. */
const REFUSED_RETRY_MS = 30000;
const REFUSED = new Set([4403, 4404, 4429]);
/** An older call is shown without being made much of. */
const FRESH_MS = 20000;
const REMEMBERED = 400;
/** The quickest frame of the last minute or two says what is usual. */
const USUAL_MS = 60000;

/** The version that this page shows of each channel it follows, by the channel's path. @type {Map<string, number>} */
export const shown = new Map();

export class FrameSocket {
  /** The channel's cells by key. @type {Map<string, any>} */
  cells = new Map();
  #page;
  #path;
  #silentMs;
  #socket = null;
  #v = -1;
  #epoch = "";
  #heardAt = 0;
  #heardClock = 0;
  #tries = 0;
  #timer = 0;
  #knock = new Knock(() => this.#connect());
  #heardHere = false;
  /** @type {Set<string>} */ #seen = new Set();
  /** Our steady clock minus the server's, the least of this minute and of the one before: what exceeds it is delay. */
  #usual = { now: Infinity, before: Infinity, since: 0 };

  /**
   * @param {object} page
   * @param {string} page.path the channel, "/ws/…"
   * @param {(frame: Frame, changed: Set<string>) => void} [page.onFrame] after the cells have changed;
   *   `changed` holds the keys (all of them after a snapshot)
   * @param {(calls: Call[]) => void} [page.onCalls] fresh calls, each once
   * @param {() => void} [page.heard] something came from the server just now
   * @param {() => void} [page.onNewServer] the server was started anew since the first snapshot
   * @param {(code: number) => void} [page.onRefused] 4403 not allowed, 4404 no such channel, 4429 too many
   * @param {number} [page.silentMs] a socket that says nothing for so long is given up
   * @param {boolean} [page.beats] whether to send signs of life (a loudspeaker sends its own, nobody looks for a phone's)
   */
  constructor({ path, silentMs = 6500, beats = true, ...page }) {
    this.#path = path;
    this.#silentMs = silentMs;
    this.#page = page;
    const wake = () => document.visibilityState === "visible" && this.#wake();
    document.addEventListener("visibilitychange", wake);
    window.addEventListener("pageshow", wake);
    window.addEventListener("online", wake);
    setInterval(() => this.#watch(), 1000);
    if (beats) setInterval(() => this.send({ beat: this.#v }), BEAT_MS);
    this.#connect();
  }

  /**
   * @param {object} message
   * @returns {boolean} whether it was sent
   */
  send(message) {
    if (this.#socket?.readyState !== WebSocket.OPEN) return false;
    this.#socket.send(JSON.stringify(message));
    return true;
  }

  #connect() {
    clearTimeout(this.#timer);
    this.#knock.stop();
    const scheme = location.protocol === "https:" ? "wss:" : "ws:";
    const shows = this.#v < 0 ? "" : `${this.#path.includes("?") ? "&" : "?"}epoch=${this.#epoch}&v=${this.#v}`;
    const socket = new WebSocket(`${scheme}//${location.host}${this.#path}${shows}`);
    this.#socket = socket;
    this.#heardHere = false;
    this.#usual = { now: Infinity, before: Infinity, since: performance.now() };
    this.#noteHeard();
    socket.onmessage = (message) => this.#socket === socket && this.#take(message.data);
    socket.onclose = (event) => this.#socket === socket && this.#closed(event.code);
  }

  #closed(code) {
    this.#socket = null;
    clearTimeout(this.#timer);
    if (REFUSED.has(code)) {
      this.#page.onRefused?.(code);
      this.#timer = setTimeout(() => this.#connect(), REFUSED_RETRY_MS * (0.5 + Math.random()));
    } else if (this.#heardHere) this.#knock.start(Math.random() * 200);
    else {
      this.#knock.start(Math.min(FIRST_RETRY_MS * 2 ** this.#tries, LAST_RETRY_MS) * (0.5 + Math.random()));
      this.#tries += 1;
    }
  }

  /** Drops this connection, whatever it says of itself, and makes another one as soon as the server answers. */
  #renew() {
    const socket = this.#socket;
    this.#socket = null;
    socket?.close();
    clearTimeout(this.#timer);
    this.#knock.stop();
    this.#knock.start();
  }

  #watch() {
    if (this.#socket && this.#silence() > this.#silentMs) this.#renew();
  }

  /** Milliseconds since the server was heard; the steady clock stands still in sleep, the other may be set. */
  #silence() {
    return Math.max(performance.now() - this.#heardAt, Date.now() - this.#heardClock);
  }

  #noteHeard() {
    this.#heardAt = performance.now();
    this.#heardClock = Date.now();
  }

  /** The page is seen again: a phone that slept may hold a socket that is dead and doesn't know it. */
  #wake() {
    if (!this.#socket || this.#silence() > 3000) this.#renew();
  }

  /** @param {string} text */
  #take(text) {
    /** @type {Frame} */
    const frame = JSON.parse(text);
    if (this.#heardHere && this.#silence() > this.#silentMs) {
      this.#renew(); // We slept, and this is what was sent meanwhile.
      return;
    }
    this.#noteHeard();
    this.#heardHere = true;
    this.#tries = 0;
    const expected = frame.kind === "delta" ? this.#v + 1 : this.#v;
    if (frame.kind !== "snapshot" && frame.v !== expected) {
      this.#v = -1; // A gap: something was missed, and we don't know what.
      this.#renew();
      return;
    }
    this.#v = frame.v;
    shown.set(this.#path, frame.v);
    const at = frame.at ? Date.parse(frame.at) : 0;
    const late = at ? this.#lateness(at) : 0;
    this.#page.heard?.();
    if (frame.kind === "test") {
      this.#test(frame);
      return;
    }
    const changed = this.#apply(frame);
    this.#page.onFrame?.(frame, changed);
    const calls = this.#fresh(frame, at, late);
    if (calls.length) this.#page.onCalls?.(calls);
  }

  /** Shows the test card; only a page that has drawn it says so. @param {{id: string, zh: string, seconds: number}} test */
  async #test(test) {
    const { showCard } = await import("./screen-test.js");
    this.send({ tested: test.id, v: this.#v, ...(await showCard(test)) });
  }

  /** @param {Frame} frame @returns {Set<string>} */
  #apply(frame) {
    if (frame.kind === "snapshot") {
      const before = this.cells;
      this.cells = new Map(Object.entries(frame.cells ?? {}));
      if (this.#epoch && frame.epoch && frame.epoch !== this.#epoch) this.#page.onNewServer?.();
      this.#epoch = frame.epoch ?? this.#epoch;
      return new Set([...before.keys(), ...this.cells.keys()]);
    }
    for (const [key, value] of Object.entries(frame.set ?? {})) this.cells.set(key, value);
    for (const key of frame.del ?? []) this.cells.delete(key);
    return new Set([...Object.keys(frame.set ?? {}), ...(frame.del ?? [])]);
  }

  /**
   * How much later than usual on this connection a frame is looked at: after a jam old ones come at once. By the
   * steady clock, since a small computer's other one is often set right only once it has found the network.
   *
   * @param {number} at when the server made it, ms
   */
  #lateness(at) {
    const now = performance.now();
    const usual = this.#usual;
    if (now - usual.since > USUAL_MS) this.#usual = { now: Infinity, before: usual.now, since: now };
    this.#usual.now = Math.min(this.#usual.now, now - at);
    return now - at - Math.min(this.#usual.now, this.#usual.before);
  }

  /**
   * The frame's calls that were not seen before and are still fresh.
   *
   * @param {Frame} frame
   * @param {number} at when the server made it, ms
   * @param {number} late how much later than usual it came, ms
   */
  #fresh(frame, at, late) {
    const calls = frame.kind === "snapshot" ? standing(this.cells) : (frame.calls ?? []);
    const fresh = calls.filter((call) => !this.#seen.has(call.id) && at - call.at + late <= FRESH_MS);
    for (const call of calls) this.#seen.add(call.id);
    for (const id of this.#seen) {
      if (this.#seen.size <= REMEMBERED) break;
      this.#seen.delete(id);
    }
    return fresh;
  }
}

/** The calls that stand in a snapshot's cells, whatever the channel. @param {Map<string, any>} cells */
function standing(cells) {
  const calls = [];
  for (const cell of cells.values()) {
    const state = cell?.state;
    const called = state === "called" || state === "recalled" || (cell?.id && cell?.recalled !== undefined);
    const id = cell?.id ?? cell?.call;
    if (!called || !id || !cell.since) continue;
    const kind = state === "recalled" || cell.recalled ? "recall" : "call";
    const window = cell.window ?? cell.no;
    if (!calls.some((call) => call.id === id)) {
      calls.push({ id, number: cell.number, window, kind, at: Date.parse(cell.since) });
    }
  }
  return calls;
}

/**
 * After an upgrade of the server a screen that runs for weeks takes the new page, but only once it can be
 * had: a reload into nothing would leave a browser's error page on the wall.
 */
export async function reloadIfChanged() {
  try {
    const response = await fetch(location.href, { cache: "no-store", headers: { Accept: "text/html" } });
    if (!response.ok) return;
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    if (assets(page) !== assets(document)) location.reload();
  } catch {
    // No answer: the page on the screen stays.
  }
}

/** The addresses of a page's scripts and styles; they bear the content's version. @param {Document} page */
function assets(page) {
  const nodes = page.querySelectorAll("script[src], link[rel=stylesheet]");
  return Array.from(nodes, (node) => node.getAttribute("src") ?? node.getAttribute("href")).join(" ");
}
