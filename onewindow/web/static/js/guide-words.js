/** Words that several parts of the guide's page share. */
import { aheadText, bi, el, waitText } from "./dom.js";
import { MARKS } from "./guide-read.js";

/** 即办, 半个工作日, 5 个工作日. */
export function daysText(matter) {
  if (matter.promised_days === null || matter.promised_days === undefined) return "";
  if (matter.on_the_spot) return "即办";
  if (matter.promised_days === 0) return "当天";
  return matter.promised_days === 0.5 ? "半个工作日" : `${matter.promised_days} 个工作日`;
}

/** Three and more windows in a row as a range: 07–12. */
export function windowWords(windows) {
  const words = [];
  let run = [];
  for (const no of [...windows, null]) {
    if (run.length && !(no !== null && Number(no) === Number(run[run.length - 1]) + 1)) {
      words.push(...(run.length > 2 ? [`${run[0]}–${run[run.length - 1]}`] : run));
      run = [];
    }
    run.push(no);
  }
  return words;
}

/** A wait in both languages, as the macro wait(range). */
export function wait(range) {
  const { zh, en } = waitText(range);
  return el(
    "span",
    { class: `wait${range ? "" : " wait--unknown"}` },
    el("span", { class: "wait__zh" }, zh),
    el("span", { class: "wait__en", lang: "en" }, en),
  );
}

/** How many stand before a ticket and how long it will take; of one that was issued without the server nobody knows. */
export function place(ticket) {
  if (ticket.offline) return [el("span", { class: "guide__sub" }, "恢复后按取号时间排队，人数届时可查")];
  return [el("span", { class: "guide__ahead" }, ticket.ahead ? aheadText(ticket.ahead).zh : "前面没有人"), el("span", { class: "guide__ahead" }, wait(ticket.wait))];
}

/** 离线号: issued by this page while the server was away. */
export const offlineMark = () => el("span", { class: "guide__mark" }, "离线号 Offline");

/** A zone's name behind a bar of its hue. */
export function zoneChip(hue, zh) {
  return el("span", { class: "zone-chip", "data-hue": hue }, zh);
}

/** A window's sign; hollow when it is not open. */
export function windowChip(word, open = true) {
  return el("span", { class: `window-chip window-chip--m${open ? "" : " window-chip--closed"}` }, word);
}

/** A banner: kind warn | error | offline | info | good. */
export function banner(kind, title, text = "", end = null) {
  return el(
    "div",
    { class: `banner banner--${kind}`, role: kind === "error" || kind === "offline" ? "alert" : "status" },
    el("span", { class: "banner__mark", "aria-hidden": "true" }),
    el("div", {}, el("p", { class: "banner__title" }, title), text ? el("p", { class: "banner__text" }, text) : null),
    end ? el("div", { class: "banner__end" }, end) : null,
  );
}

/** The list is empty; what else can be tried. */
export const nothingFound = (text, offline) => banner("info", `没有找到「${text}」`, offline ? "与服务器断开，只能按名称、首字母和编码查。" : "换一个说法，或按部门、业务组查找。");

/** The sentence of a problem, and what to do. */
export function problemText(problem) {
  return problem.todoZh ? `${problem.zh}。${problem.todoZh}。` : problem.zh;
}

/** 听障, 陪同: what staff should know; empty for nothing. */
export const marksText = (marks) =>
  MARKS.filter((mark) => marks.includes(mark.code))
    .map((mark) => mark.zh)
    .join("、");

/** What the keys do. @param {Array<[string, string, string]>} keys each a key, and its meaning in Chinese and English */
export const keyList = (keys) => el("div", { class: "guide__list" }, ...keys.flatMap(([key, zh, en]) => [el("kbd", { class: "kbd" }, key), bi(zh, en)]));
