/** Words that several parts of the guide's page share. */
import { el, waitText } from "./dom.js";
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

/** The sentence of a problem, and what to do. */
export function problemText(problem) {
  return problem.todoZh ? `${problem.zh}。${problem.todoZh}。` : problem.zh;
}

/** 听障, 陪同: what staff should know; empty for nothing. */
export const marksText = (marks) =>
  MARKS.filter((mark) => marks.includes(mark.code))
    .map((mark) => mark.zh)
    .join("、");
