/**
 * A window's five buttons (五个键): what each would do now, from the window's staff view. Pure; the server decides.
 */
import { actions, primary } from "./console-model.js";

/** @typedef {{on: boolean, zh: string, sub: string, path: string|null, body: object, asks?: boolean}} Button */

/**
 * @param {object} state
 * @param {number} now ms, the server's
 * @param {{noShowSeconds: number, noShowRecalls: number, recallLimit: number}} rules
 * @returns {Object<string, Button>} by data-action
 */
export function five(state, now, rules) {
  const offered = actions(state, now, rules);
  const next = primary(state);
  // What is still missing for a no-show stands in two short lines.
  const plain = (name, zh) => ({ zh, path: name, body: {}, ...offered[name], sub: offered[name].sub.replace("、", "\n") });
  return {
    primary: { ...next, on: next.path !== null },
    recall: plain("recall", "重呼"),
    "no-show": plain("no-show", "过号"),
    finish: plain("finish", "办结"),
    pause: pauseButton(state, offered.pause),
  };
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
  if (state.phase === "closed") return "按“开窗”开始叫号";
  if (state.phase === "paused") return `暂停中：${state.reason_zh}`;
  return state.waiting.length ? `下一个 ${state.waiting[0].number}` : "暂无人等候";
}

/** Whether somebody has come to a window that stood idle with nobody to call. */
export function arrived(before, after) {
  const idle = (state) => state.phase === "open" && state.current === null;
  return before !== null && idle(before) && idle(after) && !before.waiting_count && after.waiting_count > 0;
}
