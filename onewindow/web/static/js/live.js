/**
 * What a page of the staff knows (实时状态): a socket says that something changed, a GET says what.
 *
 * The truth is always the last GET; the socket is only a signal, so that a lost frame costs nothing. One
 * GET is in flight at a time; whatever asks meanwhile gets one more after it. Without any signal it
 * is read every few seconds all the same.
 */
import { get } from "./api.js";

const POLL_MS = 4000;
const POLL_DOWN_MS = 1000;
const RECONNECT_MS = [300, 1000, 2000, 4000];
/** A socket that says nothing for so long is dead, whatever it claims: the server beats more often. */
const SILENT_MS = 12000;

export class Live {
  #path;
  #signal;
  #onState;
  #onLink;
  #heard;
  #pace;
  #signalled = 0;
  #flight = null;
  #next = null;
  #poll = 0;
  #socket = null;
  #socketHeard = 0;
  #tries = 0;
  /** "starting", "up", "down" or "signed-out" */
  link = "starting";

  /**
   * @param {object} page
   * @param {string} page.path what to read
   * @param {string} page.signal path of the socket whose frames mean "read again"
   * @param {(state: object, offset: number) => void} page.onState a reading, and server time minus ours in ms
   * @param {(link: string) => void} page.onLink the connection's state has changed
   * @param {() => void} page.heard something came from the server just now
   * @param {number} [page.pace] least ms between two readings that the socket asks for
   */
  constructor({ path, signal, onState, onLink, heard, pace = 0 }) {
    this.#path = path;
    this.#signal = signal;
    this.#onState = onState;
    this.#onLink = onLink;
    this.#heard = heard;
    this.#pace = pace;
  }

  start() {
    this.#connect();
    this.refresh();
    const back = () => {
      if (document.visibilityState !== "visible") return;
      this.refresh();
      this.#revive();
    };
    document.addEventListener("visibilitychange", back);
    window.addEventListener("online", back);
    window.addEventListener("pageshow", back);
    setInterval(() => this.#revive(), POLL_MS);
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
    const asked = Date.now();
    try {
      const state = await get(this.#path);
      this.#heard();
      // Half of the way there and back is the reply's age at most.
      this.#onState(state, state.now_ms - (asked + Date.now()) / 2);
      this.#setLink("up");
    } catch (problem) {
      this.#setLink(problem.status === 401 || problem.status === 403 ? "signed-out" : "down");
    }
    if (this.#next === null) this.#flight = null;
    this.#poll = setTimeout(() => this.refresh(), this.link === "up" ? POLL_MS : POLL_DOWN_MS);
  }

  #setLink(link) {
    if (link === this.link) return;
    const wasDown = this.link === "down";
    this.link = link;
    if (link === "up" && wasDown) this.#revive();
    this.#onLink(link);
  }

  #connect() {
    const scheme = location.protocol === "https:" ? "wss:" : "ws:";
    const socket = new WebSocket(`${scheme}//${location.host}${this.#signal}`);
    this.#socket = socket;
    this.#socketHeard = Date.now();
    socket.addEventListener("message", (message) => {
      this.#tries = 0;
      this.#socketHeard = Date.now();
      if (isBeat(message.data)) this.#heard();
      else this.#changed();
    });
    socket.addEventListener("close", () => {
      if (this.#socket !== socket) return;
      this.#socket = null;
      this.refresh();
      const wait = RECONNECT_MS[Math.min(this.#tries, RECONNECT_MS.length - 1)];
      this.#tries += 1;
      setTimeout(() => this.#socket === null && this.#connect(), wait * (0.75 + Math.random() / 2));
    });
  }

  /** The socket says that something has changed; several such within the pace are one. */
  #changed() {
    if (this.#signalled) return;
    this.#signalled = setTimeout(() => {
      this.#signalled = 0;
      this.refresh();
    }, this.#pace);
  }

  /** Makes a new socket in place of one that has fallen silent, after sleep for instance. */
  #revive() {
    const silent = Date.now() - this.#socketHeard > SILENT_MS;
    if (this.#socket === null || !silent) return;
    const old = this.#socket;
    this.#socket = null;
    old.close();
    this.#connect();
  }
}

function isBeat(data) {
  try {
    return JSON.parse(data).kind === "beat";
  } catch {
    return false;
  }
}
