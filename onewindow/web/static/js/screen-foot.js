/** The foot of every screen: the hall's clock, and the notices, which take turns (屏幕底栏). */
import { clockText, setText } from "./dom.js";

const TURN_MS = 12000;

export class Foot {
  #notices = [];
  #turn = 0;

  constructor() {
    setInterval(() => this.#next(), TURN_MS);
  }

  /** The server's time stands on the screen; a TV box's own clock may be anything. @param {string} [at] */
  clock(at) {
    const text = clockText(at ?? "");
    if (text) setText(document, "clock", text);
  }

  /** @param {string[]} notices */
  notices(notices) {
    this.#notices = notices;
    this.#turn = 0;
    this.#show();
  }

  #next() {
    if (this.#notices.length < 2) return;
    this.#turn = (this.#turn + 1) % this.#notices.length;
    this.#show();
  }

  /** A notice that doesn't fit moves, the others stand still. */
  #show() {
    if (!setText(document, "notice", this.#notices[this.#turn] ?? "")) return;
    const text = document.querySelector('[data-cell="notice"]');
    const box = text?.parentElement;
    if (!text || !box) return;
    text.classList.remove("screen__notice-text--long");
    text.classList.toggle("screen__notice-text--long", text.scrollWidth > box.clientWidth);
  }
}
