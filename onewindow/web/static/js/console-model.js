/**
 * What may be done at a window now (可用操作): pure functions of the window's staff view and the server's time.
 * They only spare a clerk a refusal; the server decides.
 */
import { minutesText } from "./dom.js";

/** @typedef {{zh: string, sub: string, path: string|null, body: object, call: boolean}} Step */
/** @typedef {{on: boolean, zh?: string, sub: string, path?: string, body?: object}} Action */

/** Why service is suspended, in a word: 停电, or what the staff noted. */
export const suspendedText = (state) => [state.suspended?.reason_zh, state.suspended?.note].filter(Boolean).join("：");

/** Whether the ticket is of somebody who doesn't hear the call. */
export const deaf = (ticket) => Boolean(ticket?.marks.includes("deaf"));

/** Whether a no-show waits for a guide's word, however long the visitor has been called. */
export const needsGuide = (ticket) => ticket?.state === "called" && deaf(ticket) && !ticket.absent;

/** What ending the current service is called: an agent with folders left ends a turn. */
const doneZh = (ticket) => (ticket.left ? "本轮办完" : "办结");

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
  if (state.current) return endStep(state, step);
  if (state.phase === "closed") return step("开窗", state.merged_into ? `已并到 ${state.merged_into} 号窗口；重新开窗 · Open again` : "Open the window", "open");
  if (state.phase === "paused") return step("恢复叫号", `暂停中：${state.reason_zh} · Go on`, "open");
  if (state.suspended) return step("暂不叫号", "主任恢复服务后再叫 · Calls wait", null);
  const first = state.waiting[0];
  return step("叫下一号", first ? `${first.number} · Call next` : "暂无人等候 · Nobody waits", "call-next", {}, true);
}

/** The end of the service at the window, and whom to call next: nobody while service is suspended. */
function endStep(state, step) {
  const zh = doneZh(state.current);
  const en = state.current.left ? "Turn done" : "Finish";
  const left = state.current.left ? `还有 ${state.current.left} 件，排到队尾 · ` : "";
  // The plain end calls nobody, and the pause that was asked for follows it.
  if (state.pause_after) return step(`${zh}并暂停`, `${left}${state.pause_after_zh} · ${en} and pause`, "finish");
  if (state.suspended) return step(zh, `${left}服务已暂停，不叫下一号 · ${en}`, "finish");
  return step(`${zh}并叫下一号`, `${left}${en}${state.current.left ? ", call next" : " and call next"}`, "call-next", { finish: true }, true);
}

/**
 * When a no-show may be marked: seconds and recalls still to go. The seconds run on from what the server said, unless
 * the hall's clocks stand still.
 */
export function noShow(state, now, rules) {
  const { no_show_left_ms: left, stands, recalls } = state.current;
  const run = stands ? 0 : now - state.now_ms;
  return { seconds: Math.max(0, Math.ceil((left - run) / 1000)), recalls: Math.max(0, rules.noShowRecalls - recalls) };
}

/**
 * The quiet actions: for each whether it can be pressed, and the small line under its name.
 *
 * @param {object} state
 * @param {number} now ms, the server's
 * @param {{noShowRecalls: number, recallLimit: number}} rules
 * @returns {Object<string, Action>}
 */
export function actions(state, now, rules) {
  const ticket = state.current;
  const called = ticket?.state === "called";
  const serving = ticket?.state === "serving";
  const open = state.phase === "open";
  return {
    recall: {
      on: called && !state.suspended && ticket.recalls < rules.recallLimit,
      sub: called ? (state.suspended ? "服务已暂停" : `${ticket.recalls}/${rules.recallLimit} 次`) : "Recall",
    },
    "no-show": noShowAction(called, state, now, rules),
    finish: { on: serving, zh: serving ? doneZh(ticket) : "办结", sub: serving ? "不叫下一号" : "Finish" },
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
    write: { on: Boolean(ticket), zh: state.written ? "改写" : "写字", sub: state.written ? "来宾正在看" : "Write" },
    help: { on: true, zh: state.help ? "已到场" : "求助", sub: state.help ? "求助中…" : "Help" },
  };
}

function noShowAction(called, state, now, rules) {
  if (!called) return { on: false, zh: "过号", sub: "No-show" };
  if (state.suspended) return { on: false, zh: "过号", sub: "服务已暂停\n停表" };
  // Who can't hear isn't missing before a guide has looked: the same button asks for one.
  if (needsGuide(state.current)) {
    return { on: !state.help, zh: "请导办", sub: state.help ? "已请，等确认" : "去找，再过号", path: "help", body: { on: true } };
  }
  const stands = state.current.stands ? "停表 · " : "";
  const left = noShow(state, now, rules);
  const parts = [];
  // Each condition stays together when the key is narrow.
  if (left.seconds) parts.push(`${left.seconds}\u00a0秒`);
  if (left.recalls) parts.push(`重呼\u00a0${left.recalls}\u00a0次`);
  const sub = parts.length ? `${stands}还差\u00a0${parts.join("、")}` : state.current.absent ? "导办已确认不在" : "可以过号";
  return { on: parts.length === 0, zh: "过号", sub };
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

/** The word and the look of the window's state; a free window of a suspended hall isn't free. */
export function phaseWord(state, words) {
  if (state.suspended && !state.current && state.phase === "open") return { zh: "暂停服务", phase: "paused" };
  return { zh: words[phaseFlag(state)]?.[0] ?? "", phase: phaseFlag(state) };
}
