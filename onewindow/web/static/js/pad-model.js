/**
 * A window's five buttons (五个键): what each would do now, from the window's staff view. Pure; the server decides.
 */
import { actions, deaf, primary, suspendedText } from "./console-model.js";
import { whereText } from "./console-service.js";

/** @typedef {{on: boolean, zh: string, sub: string, path: string|null, body: object, asks?: boolean}} Button */

/**
 * @param {object} state
 * @param {number} now ms, the server's
 * @param {{noShowRecalls: number, recallLimit: number}} rules
 * @returns {Object<string, Button>} by data-action
 */
export function five(state, now, rules) {
  const offered = actions(state, now, rules);
  const next = primary(state);
  // What is still missing for a no-show stands in two short lines.
  const plain = (name, zh) => ({ zh, path: name, body: {}, ...offered[name], sub: offered[name].sub.replace(" · ", "，").replace("、", "\n") });
  return {
    primary: { ...next, on: next.path !== null, zh: twoLines(next.zh), sub: state.current?.left ? next.sub.split(" · ")[0] : next.sub },
    recall: plain("recall", "重呼"),
    "no-show": plain("no-show", "过号"),
    finish: plain("finish", "办结"),
    pause: pauseButton(state, offered.pause),
  };
}

/** Long words for the big button break where they may. */
function twoLines(zh) {
  return zh.length > 7 ? zh.replace("并", "\n并") : zh;
}

/** Pause, now or after the current ticket; or take it back, or go on. The big button opens a closed window. */
function pauseButton(state, offered) {
  if (state.phase === "paused") return { on: true, zh: "恢复", sub: "Go on", path: "open", body: {} };
  if (state.pause_after) return { ...offered, path: "open", body: {} };
  return { ...offered, path: "pause", body: {}, asks: true };
}

/** What stands under the number: what it is about, or why there is none. */
export function aboutText(state) {
  const ticket = state.current;
  if (ticket) return ticket.matters.map((matter) => matter.zh).join("、") || ticket.purpose_zh;
  if (state.phase === "closed") return state.merged_into ? `在等的都由 ${state.merged_into} 号窗口办` : "按“开窗”开始叫号";
  if (state.phase === "paused") return `暂停中：${state.reason_zh}`;
  if (state.suspended) return `${suspendedText(state)}；主任恢复后再叫`;
  return state.waiting.length ? `下一个 ${state.waiting[0].number}` : "暂无人等候";
}

/** Whether somebody has come to a window that stood idle with nobody to call. */
export function arrived(before, after) {
  const idle = (state) => state.phase === "open" && state.current === null;
  return before !== null && idle(before) && idle(after) && !before.waiting_count && after.waiting_count > 0;
}

/** The word over the number's field when there is no number. */
export function wordFor(state, words) {
  if (state.phase === "closed" && state.merged_into) return `已并到 ${state.merged_into}`;
  if (state.phase !== "open") return words[state.phase][0];
  return state.suspended ? "暂停服务" : "空闲";
}

/** What must be known of the visitor or of the hall, in a line of its own; empty: nothing. */
export function heedText(state) {
  const ticket = state.current;
  if (ticket && deaf(ticket)) return ticket.state === "called" ? "招手或写字" : "听不到：写字";
  if (ticket?.state === "called" && state.unheard) return "语音没有播出：请重呼";
  if (ticket?.state === "called" && ticket.marks.includes("accompany")) return ticket.accompanied ? "导办正陪过来" : "等导办陪过来";
  if (ticket && state.suspended) return `暂停服务：${state.suspended.reason_zh}`;
  if (ticket && state.break_until) return `午休到 ${state.break_until}，停表`;
  if (ticket?.moved_from) return `来自 ${ticket.moved_from} 号窗口`;
  if (ticket && (ticket.left || ticket.copies > 1)) return `本轮 ${ticket.copies} 件${ticket.left ? `，还有 ${ticket.left} 件` : ""}`;
  return !ticket && state.break_until ? `午休到 ${state.break_until}` : "";
}

/** Where the visitor who was just finished goes on, in one line; empty: nowhere. */
export function onwardText(onward) {
  if (!onward) return "";
  if (onward.left) return `${onward.number} 还有 ${onward.left} 件，已排到队尾`;
  const [step, ...more] = onward.next;
  return `${onward.number} 的来宾接着办 ${step.number} → ${whereText(step)}${more.length ? `，另有 ${more.length} 个号` : ""}`;
}
