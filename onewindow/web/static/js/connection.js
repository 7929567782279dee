/**
 * <ow-connection>: how old is what this page shows? (连接状态)
 *
 * The page's socket calls `heard()` for every frame, the beats included. After `late-after` seconds
 * of silence (5) the mark shows the age, after `stale-after` (15) the banner 「以窗口叫号为准」 covers
 * the top. Before the first `heard()` the element counts from when it was set up. The state also
 * stands on <html data-connection="…">, so that a stale page's figures can be dimmed.
 *
 * Event: "ow-connection" (bubbles), detail {state: "live"|"late"|"stale", age: seconds}.
 */
import { ageText, setText } from "./dom.js";

/** Looks are so far apart; what would be due before the next is said at this one, rather early than late. */
const LOOK_MS = 200;
const WORDS = {
  live: ["实时", "Live"],
  late: ["数据延迟", "Behind"],
  stale: ["连接中断", "Connection lost"],
};

export class Connection extends HTMLElement {
  #heardClock = 0;
  #heardSteady = 0;
  #state = "";
  #timer = 0;

  connectedCallback() {
    this.heard();
    this.#timer = setInterval(() => this.#show(), LOOK_MS);
  }

  disconnectedCallback() {
    clearInterval(this.#timer);
  }

  /** What is shown was true just now, or so many ms ago. @param {number} [ago] */
  heard(ago = 0) {
    if (ago > this.age * 1000) return;
    this.#heardClock = Date.now() - ago;
    this.#heardSteady = performance.now() - ago;
    this.#show();
  }

  /**
   * Seconds since the server was last heard. The steady clock may stand still while a computer
   * sleeps and the wall clock may be set: the larger of both errs on the honest side.
   */
  get age() {
    const steady = performance.now() - this.#heardSteady;
    return Math.max(steady, Date.now() - this.#heardClock, 0) / 1000;
  }

  /** "live", "late" or "stale". */
  get state() {
    const age = this.age + LOOK_MS / 1000;
    if (age >= this.#limit("stale-after", 15)) return "stale";
    return age >= this.#limit("late-after", 5) ? "late" : "live";
  }

  #limit(name, otherwise) {
    return Number(this.getAttribute(name)) || otherwise;
  }

  #show() {
    const state = this.state;
    setText(this, "age", state === "live" ? "" : ageText(this.age).zh);
    if (state === this.#state) return;
    this.#state = state;
    this.dataset.state = state;
    document.documentElement.dataset.connection = state;
    setText(this, "state-zh", WORDS[state][0]);
    setText(this, "state-en", WORDS[state][1]);
    const banner = this.querySelector('[data-cell="banner"]');
    if (banner) banner.hidden = state !== "stale";
    this.dispatchEvent(
      new CustomEvent("ow-connection", { bubbles: true, detail: { state, age: this.age } }),
    );
  }
}

customElements.define("ow-connection", Connection);
