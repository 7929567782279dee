/** What the kiosk says, as pairs of Chinese and English. */
import { bi, el, waitText } from "./dom.js";

/** People ahead, for a visitor. */
export function ahead(count) {
  return count > 0 ? bi(`前面 ${count} 人`, `${count} ahead of you`) : bi("前面没有人", "Nobody ahead of you");
}

/** The expected wait. */
export function wait(range) {
  const { zh, en } = waitText(range);
  return el("span", { class: "wait" }, el("span", { class: "wait__zh" }, zh), el("span", { class: "wait__en", lang: "en" }, en));
}

/** A message with its mark. */
export function notice(kind, zh, en) {
  return el(
    "div",
    { class: `banner banner--${kind}`, role: kind === "error" ? "alert" : "status" },
    el("span", { class: "banner__mark", "aria-hidden": "true" }),
    el("p", { class: "banner__title" }, bi(zh, en)),
  );
}

/** Why no number was given, and where to go. */
export function refusal(problem) {
  if (problem.status === 0 || problem.status >= 500) {
    return notice("error", "连接中断。请稍候再按一次，不会重复取号；或到导询台。", "No connection. Press again in a moment, or go to the guide desk.");
  }
  return notice("error", `${problem.zh}请到导询台。`, `${problem.en} Please go to the guide desk.`);
}
