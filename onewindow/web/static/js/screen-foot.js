/** The foot of every screen: the hall's clock, and the notices, which take turns (屏幕底栏). */
import { clockText, setText } from "./dom.js";

const TURN_MS = 12000;
/** A notice that doesn't fit has so much longer for each width of its box that it has to go. */
const WIDTH_MS = 10000;

/** @typedef {{zh: string, en: string}} Notice English may be empty: then the Chinese stands for both. */

export class Foot {
  /** @type {Notice[] | null} null: only what the server has rendered is known */
  #notices = null;
  /** @type {{text: string, lang: string}[] | null} what is said, one after the other */
  #said = null;
  #turn = 0;
  #timer = 0;

  constructor() {
    // The screen's language may be set while it shows (js/screen-link.js).
    new MutationObserver(() => this.#begin()).observe(document.documentElement, { attributeFilter: ["data-language"] });
  }

  /** The server's time stands on the screen; a TV box's own clock may be anything. @param {string} [at] */
  clock(at) {
    const text = clockText(at ?? "");
    if (text) setText(document, "clock", text);
  }

  /** @param {Notice[]} notices */
  notices(notices) {
    this.#notices = notices;
    this.#begin();
  }

  #begin() {
    if (!this.#notices) return;
    const said = inTurn(this.#notices, document.documentElement.dataset.language ?? "both");
    if (JSON.stringify(said) === JSON.stringify(this.#said)) return;
    this.#said = said;
    this.#turn = 0;
    this.#show();
  }

  #show() {
    clearTimeout(this.#timer);
    const said = this.#said ?? [];
    const { text, lang } = said[this.#turn] ?? { text: "", lang: "" };
    setText(document, "notice", text);
    const node = /** @type {HTMLElement | null} */ (document.querySelector('[data-cell="notice"]'));
    const box = node?.parentElement;
    if (!node || !box) return;
    node.lang = lang;
    const time = fit(node, box);
    if (said.length < 2) return;
    this.#timer = setTimeout(() => {
      this.#turn = (this.#turn + 1) % said.length;
      this.#show();
    }, time);
  }
}

/**
 * What the foot says, one after the other: each notice in the language that the screen has first, then in the other.
 *
 * @param {Notice[]} notices
 * @param {string} language "both" (Chinese first), "zh" or "en" (English first)
 */
function inTurn(notices, language) {
  return notices.flatMap(({ zh, en }) => {
    const chinese = { text: zh, lang: "zh-CN" };
    const english = { text: en, lang: "en" };
    if (!en || language === "zh") return [chinese];
    return language === "en" ? [english, chinese] : [chinese, english];
  });
}

/** Lets a notice that doesn't fit move. @param {HTMLElement} node @param {HTMLElement} box @returns {number} its time, ms */
function fit(node, box) {
  node.classList.remove("screen__notice-text--long");
  const way = node.scrollWidth - box.clientWidth;
  if (way <= 0) return TURN_MS;
  const time = TURN_MS + (way / box.clientWidth) * WIDTH_MS;
  node.style.setProperty("--notice-way", `${-way}px`);
  node.style.setProperty("--notice-time", `${time}ms`);
  node.classList.add("screen__notice-text--long");
  return time;
}
