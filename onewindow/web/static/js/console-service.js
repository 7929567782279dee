/** The console's calm notices (停摆与去向): what stops the hall, where a visitor goes on, what the present one reads. */
import { fill } from "./console-view.js";
import { ageText, el, setText } from "./dom.js";

const notice = (name) => document.querySelector(`[data-notice="${name}"]`);
const part = (name) => document.querySelector(`[data-part="${name}"]`);

/**
 * @param {object} state
 * @param {number} now ms, the server's
 * @param {boolean} down whether the page is cut off
 * @param {string} read the word on where somebody goes on that the clerk has read, as JSON
 */
export function drawService(state, now, down, read) {
  const stop = state.suspended;
  notice("suspended").hidden = !stop;
  if (stop) {
    setText(notice("suspended"), "title", `暂停服务：${stop.reason_zh}`);
    setText(notice("suspended"), "note", stop.note);
    setText(notice("suspended"), "en", `Service suspended: ${stop.reason_en}`);
    notice("suspended").toggleAttribute("data-busy", state.current !== null);
    setText(notice("suspended"), "since", ageText((now - stop.since_ms) / 1000).zh);
  }
  notice("break").hidden = !state.break_until || Boolean(stop);
  setText(notice("break"), "title", `午休到 ${state.break_until}：叫了没来的停表，窗口照常可以办`);
  notice("onward").hidden = state.onward === null || JSON.stringify(state.onward) === read || down;
  drawOnward(part("onward"), state.onward);
  notice("written").hidden = !state.written;
  setText(notice("written"), "title", state.written);
}

/** Groups that take no more numbers, and windows whose people came along, above the list of who waits. */
export function drawStopped(state) {
  const lines = state.stopped_groups.map((group) => `${group.zh} ${group.at} 起停止取号，末号 ${group.last ?? "无"}`);
  if (state.day.phase === "closing") lines.unshift("今日已停止取号，在等的办完为止");
  if (state.merged_from.length) lines.push(`${state.merged_from.join("、")} 号窗口已并到本窗口`);
  part("stopped").hidden = lines.length === 0;
  setText(part("stopped"), null, lines.join("；"));
}

/** Where the visitor whom the window has just finished goes on: a step's number and windows, or an agent's next turn. */
export function drawOnward(node, onward) {
  fill(node, onward, () => {
    if (!onward) return [];
    const lines = onward.next.map((step) =>
      el("p", { class: "banner__title" }, `${onward.number} 的来宾接着办 `, el("span", { class: "number number--s" }, step.number), ` ${step.what_zh} → ${whereText(step)}`),
    );
    if (onward.left) lines.push(el("p", { class: "banner__title" }, `${onward.number} 本轮办完，还有 ${onward.left} 件，已排到队尾`));
    return lines;
  });
}

/** Where a step goes on, in words: its open windows, or what it waits for. */
export function whereText(step) {
  if (step.after.length) return `先办 ${step.after.join("、")}`;
  const windows = step.windows.slice(0, 4).join("、") + (step.windows.length > 4 ? " 等" : "");
  return `${windows} 号窗口${step.open ? "" : "（未开）"}`;
}
