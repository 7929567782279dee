/** The banner that says what came of a command (办理结果); it goes by itself. One a page: `[data-notice="said"]`. */
import { setText } from "./dom.js";

const SAID_MS = 8000;

const box = () => document.querySelector('[data-notice="said"]');
let timer = 0;

/**
 * @param {string} kind "info", "warn" or "error"
 * @param {string} zh what has happened
 * @param {string} [todo] what to do about it
 * @param {string} [more] the same in English, or more of it
 */
export function say(kind, zh, todo = "", more = "") {
  const banner = box();
  banner.className = `banner banner--${kind}`;
  setText(banner, "title", zh);
  setText(banner, "text", [todo, more].filter(Boolean).join(" "));
  banner.querySelector('[data-cell="text"]').hidden = !todo && !more;
  banner.hidden = false;
  clearTimeout(timer);
  timer = setTimeout(unsay, SAID_MS);
}

/** Takes it away before its time. */
export function unsay() {
  box().hidden = true;
}
