/**
 * What may be done at a window now (可用操作): pure functions of the window's staff view and the server's time.
 * They only spare a clerk a refusal; the server decides.
 */
import { minutesText } from "./dom.js";

/** @typedef {{zh: string, sub: string, path: string|null, body: object, call: boolean}} Step */

/**
 * The next sensible thing, for the big button.
 *
 * @param {object} state
 * @returns {Step} path null: there is nothing to press
 */
export function primary(state) {
  const step = (zh, sub, path, body = {}, call = false) => ({ zh, sub, path, body, call });
  if (state.day.phase === "before") return step("当天尚未开始", "请主任先“开始当天” · The day is not open", null);
  if (state.day.phase === "closed") return step("今天已结束", "The day is closed", null);
  if (state.current?.state === "called") return step("开始办理", `${state.current.number} 已到窗口 · Start`, "start");
  if (state.current) {
    if (state.pause_after) {
      return step("办结并暂停", `${state.pause_after_zh} · Finish and pause`, "call-next", { finish: true });
    }
    return step("办结并叫下一号", "Finish and call next", "call-next", { finish: true }, true);
  }
  if (state.phase === "closed") return step("开窗", "Open the window", "open");
  if (state.phase === "paused") return step("恢复叫号", `暂停中：${state.reason_zh} · Go on`, "open");
  const first = state.waiting[0];
  return step("叫下一号", first ? `${first.number} · Call next` : "暂无人等候 · Nobody waits", "call-next", {}, true);
}

/** When a no-show may be marked: seconds and recalls still to go. */
export function noShow(state, now, rules) {
  const since = state.current?.first_called_ms ?? now;
  return {
    seconds: Math.max(0, Math.ceil((since + rules.noShowSeconds * 1000 - now) / 1000)),
    recalls: Math.max(0, rules.noShowRecalls - (state.current?.recalls ?? 0)),
  };
}

/**
 * The quiet actions: for each whether it can be pressed, and the small line under its name.
 *
 * @param {object} state
 * @param {number} now ms, the server's
 * @param {{noShowSeconds: number, noShowRecalls: number, recallLimit: number}} rules
 * @returns {Object<string, {on: boolean, zh?: string, sub: string}>}
 */
export function actions(state, now, rules) {
  const ticket = state.current;
  const called = ticket?.state === "called";
  const serving = ticket?.state === "serving";
  const open = state.phase === "open";
  return {
    recall: {
      on: called && ticket.recalls < rules.recallLimit,
      sub: called ? `${ticket.recalls}/${rules.recallLimit} 次` : "Recall",
    },
    "no-show": noShowAction(called, state, now, rules),
    finish: { on: serving, sub: serving ? "不叫下一号" : "Finish" },
    hold: { on: Boolean(ticket), sub: "Hold" },
    transfer: { on: Boolean(ticket), sub: "Transfer" },
    "add-matter": { on: Boolean(ticket), sub: "Add matter", zh: ticket && !ticket.matters.length ? "定事项" : "加办" },
    undo: undoAction(state, now),
    pause: {
      on: open,
      zh: state.pause_after ? "不暂停了" : "暂停",
      sub: state.pause_after ? "Don't pause" : ticket ? "办完当前后" : "Pause",
    },
    handover: { on: state.phase !== "closed", sub: "Hand over" },
    close: { on: state.phase !== "closed" && !ticket, sub: "Close" },
    help: { on: true, zh: state.help ? "已到场" : "求助", sub: state.help ? "求助中…" : "Help" },
  };
}

function noShowAction(called, state, now, rules) {
  if (!called) return { on: false, sub: "No-show" };
  const left = noShow(state, now, rules);
  const parts = [];
  if (left.seconds) parts.push(`${left.seconds} 秒`);
  if (left.recalls) parts.push(`重呼 ${left.recalls} 次`);
  return { on: parts.length === 0, sub: parts.length ? `还差 ${parts.join("、")}` : "可以过号" };
}

function undoAction(state, now) {
  const undo = state.undo;
  if (!undo || now > undo.until_ms) return { on: false, sub: "Undo" };
  const needs = now > undo.reason_from_ms ? "，要理由" : "";
  return { on: true, sub: `${undo.zh} ${undo.number} ${minutesText((undo.until_ms - now) / 1000)}${needs}` };
}

/** Whether undoing needs a reason by now; half a second early, so that the server never asks first. */
export function undoNeedsReason(state, now) {
  return Boolean(state.undo) && now > state.undo.reason_from_ms - 500;
}

/** The window's state in a word, as a flag. */
export function phaseFlag(state) {
  if (state.current) return state.current.state === "called" && state.current.recalls ? "recalled" : state.current.state;
  return state.phase === "open" ? "idle" : state.phase;
}
