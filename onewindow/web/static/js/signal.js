/**
 * A socket whose frames mean "something has changed" (变化信号). It connects again by itself for ever; one that has
 * fallen silent, after sleep for instance, is replaced.
 */
import { Knock } from "./knock.js";

/** A server that takes the connection and says nothing is not asked often. */
const RECONNECT_MS = [300, 1000, 2000, 4000];
/** A socket that says nothing for so long is dead, whatever it claims: the server beats more often. */
const SILENT_MS = 6500;

export class Signal {
  #path;
  #onChange;
  #onClose;
  #heard;
  #socket = null;
  #heardAt = 0;
  #tries = 0;
  #heardHere = false;
  #knock = new Knock(() => this.connect());

  /**
   * @param {object} page
   * @param {string} page.path of the socket, "/ws/…"
   * @param {(first: boolean) => void} page.onChange a frame other than a beat has come; whether it is a new
   *   connection's first
   * @param {() => void} page.onClose the connection has ended or is given up; another one is on its way
   * @param {() => void} page.heard a beat has come
   */
  constructor({ path, onChange, onClose, heard }) {
    this.#path = path;
    this.#onChange = onChange;
    this.#onClose = onClose;
    this.#heard = heard;
  }

  connect() {
    this.#knock.stop();
    const scheme = location.protocol === "https:" ? "wss:" : "ws:";
    const socket = new WebSocket(`${scheme}//${location.host}${this.#path}`);
    this.#socket = socket;
    this.#heardAt = Date.now();
    this.#heardHere = false;
    socket.addEventListener("message", (message) => {
      if (this.#socket !== socket) return;
      if (this.#heardHere && this.#silent) {
        this.revive(); // We slept, and this is what was sent meanwhile.
        return;
      }
      const first = !this.#heardHere;
      this.#tries = 0;
      this.#heardHere = true;
      this.#heardAt = Date.now();
      if (isBeat(message.data)) this.#heard();
      else this.#onChange(first);
    });
    socket.addEventListener("close", () => {
      if (this.#socket !== socket) return;
      this.#socket = null;
      this.#onClose();
      const wait = this.#heardHere ? 0 : RECONNECT_MS[Math.min(this.#tries, RECONNECT_MS.length - 1)];
      this.#tries += 1;
      this.#knock.start(wait * (0.75 + Math.random() / 2) + Math.random() * 200);
    });
  }

  /** Makes a new socket in place of one that has fallen silent. */
  revive() {
    if (this.#socket === null || !this.#silent) return;
    const old = this.#socket;
    this.#socket = null;
    old.close();
    this.#knock.start();
    this.#onClose();
  }

  get #silent() {
    return Date.now() - this.#heardAt > SILENT_MS;
  }
}

function isBeat(data) {
  try {
    return JSON.parse(data).kind === "beat";
  } catch {
    return false;
  }
}
