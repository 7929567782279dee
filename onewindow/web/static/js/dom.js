/**
 * Small helpers for pages: build elements, fill data-cell slots, and write times, waits and ages
 * in Chinese and English exactly as the server's templates do (see _partials/parts.html).
 */

/** States in words, as FLAGS in _partials/parts.html: key -> [zh, en]. */
export const FLAGS = {
  waiting: ["等候", "Waiting"],
  called: ["请到窗口", "Called"],
  recalled: ["重呼", "Recalled"],
  serving: ["办理中", "Serving"],
  held: ["挂起", "On hold"],
  finished: ["办结", "Finished"],
  no_show: ["过号", "No-show"],
  cancelled: ["已取消", "Cancelled"],
  abandoned: ["已离开", "Left"],
  priority: ["优先", "Priority"],
  appointment: ["预约", "Booked"],
  away: ["暂离", "Away"],
  open: ["开放", "Open"],
  idle: ["空闲", "Free"],
  paused: ["暂停", "Paused"],
  closed: ["未开放", "Closed"],
  muted: ["无声", "Muted"],
};

/**
 * An element: el("p", {class: "quiet", "data-cell": "text"}, "…", child).
 * `props` are attributes; on<event> adds a listener, true sets an empty attribute, null/false skips.
 * Text children are set as text, never as HTML.
 *
 * @param {string} tag
 * @param {Object<string, any>} [props]
 * @param {...(Node|string|number|null)} children
 * @returns {HTMLElement}
 */
export function el(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on") && typeof value === "function") node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : String(value));
  }
  for (const child of children.flat()) {
    if (child !== null && child !== undefined) node.append(child instanceof Node ? child : String(child));
  }
  return node;
}

/**
 * Sets the text of the `data-cell` slot (or of the node itself when `cell` is null), only if it
 * differs, so that screen readers and animations are not stirred by an equal frame.
 *
 * @param {ParentNode & Node} root
 * @param {string|null} cell
 * @param {string|number|null} text
 * @returns {boolean} whether anything changed
 */
export function setText(root, cell, text) {
  const node = cell === null ? root : root.querySelector(`[data-cell="${cell}"]`);
  const value = text === null || text === undefined ? "" : String(text);
  if (!node || node.textContent === value) return false;
  node.textContent = value;
  return true;
}

/**
 * As setText, for a slot of a hall screen that may be written in English first (css/screen-english.css).
 *
 * @param {ParentNode & Node} root
 * @param {string} cell
 * @param {string} zh
 * @param {string} en
 */
export function setWords(root, cell, zh, en) {
  setText(root, cell, zh);
  const node = root.querySelector(`[data-cell="${cell}"]`);
  if (node && node.dataset.en !== en) node.dataset.en = en;
}

/** Characters of a usual number, Q031; one of more is set smaller, to stay in its place. */
const USUAL = 4;

/**
 * As setText, for the `data-cell="number"` slot: a number of five and more, issued offline say, bears `data-long`.
 *
 * @param {ParentNode & Node} root
 * @param {string|null|undefined} number
 */
export function setNumber(root, number) {
  setText(root, "number", number);
  root.querySelector('[data-cell="number"]')?.toggleAttribute("data-long", /^[A-Z]\w+$/.test(number ?? "") && number.length > USUAL);
}

/**
 * A copy of a `<template>`'s first element with its cells filled.
 *
 * @param {string} id the template's id
 * @param {Object<string, string|number|null>} cells
 * @returns {HTMLElement}
 */
export function fromTemplate(id, cells = {}) {
  const template = /** @type {HTMLTemplateElement} */ (document.getElementById(id));
  const node = /** @type {HTMLElement} */ (template.content.firstElementChild.cloneNode(true));
  for (const [cell, text] of Object.entries(cells)) setText(node, cell, text);
  return node;
}

/** A pair of Chinese and English, as the macro bi(zh, en). */
export function bi(zh, en = "") {
  return el(
    "span",
    { class: "bi" },
    el("span", { class: "bi__zh" }, zh),
    en ? el("span", { class: "bi__en", lang: "en" }, en) : null,
  );
}

/** A state in one word with its shape, as the macro flag(state). */
export function flag(state) {
  const [zh, en] = FLAGS[state] ?? [state, ""];
  return el(
    "span",
    { class: "flag", "data-flag": state },
    el("span", { "data-cell": "flag" }, zh),
    en ? el("span", { class: "flag__en", lang: "en" }, en) : null,
  );
}

/**
 * An expected wait, rounded outwards to five minutes: 约 10–20 分钟. Above two hours in half hours.
 *
 * @param {{low: number, high: number}|null|undefined} range seconds
 * @returns {{zh: string, en: string}}
 */
export function waitText(range) {
  if (!range) return { zh: "暂无法估计", en: "No estimate yet" };
  const low = Math.floor(range.low / 300) * 5;
  const high = Math.ceil(range.high / 300) * 5;
  if (high <= 0) return { zh: "马上", en: "Now" };
  if (high > 120) {
    if (low < 30) return { zh: `${Math.ceil(high / 30) / 2} 小时以内`, en: `Within ${Math.ceil(high / 30) / 2} h` };
    const hours = `${Math.floor(low / 30) / 2}–${Math.ceil(high / 30) / 2}`;
    return { zh: `约 ${hours} 小时`, en: `About ${hours} h` };
  }
  if (low <= 0) return { zh: `${high} 分钟以内`, en: `Within ${high} min` };
  if (low === high) return { zh: `约 ${low} 分钟`, en: `About ${low} min` };
  return { zh: `约 ${low}–${high} 分钟`, en: `About ${low}–${high} min` };
}

/** People ahead, in words. */
export function aheadText(count) {
  if (count <= 0) return { zh: "下一位就是您", en: "You are next" };
  return { zh: `前面 ${count} 人`, en: `${count} ahead` };
}

/** An age or duration in whole seconds, then minutes: 8 秒, 3 分钟. */
export function ageText(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  if (whole < 60) return { zh: `${whole} 秒`, en: `${whole} s` };
  return { zh: `${Math.floor(whole / 60)} 分钟`, en: `${Math.floor(whole / 60)} min` };
}

/** A countdown or stop-watch: 4:07. */
export function minutesText(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

/**
 * HH:MM of an RFC 3339 time as written, i.e. in the hall's own zone, whatever the browser's is.
 *
 * @param {string} rfc3339
 * @returns {string}
 */
export function clockText(rfc3339) {
  const found = /T(\d\d:\d\d)/.exec(rfc3339 ?? "");
  return found ? found[1] : "";
}
