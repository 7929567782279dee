/** What the guide's page says about issuing without the server (离线取号): that it does, what waits, what was refused. */
import { bi, el } from "./dom.js";
import { banner } from "./guide-words.js";

const SHOWN = 12;
const AWAY = "离线取号中 Issuing offline";

/** The list to call by: the page's last one, while the server is away (hand-list.js). */
const list = () => el("a", { class: "button button--quiet", href: "/by-hand" }, bi("叫号清单", "Call list"));
const numbers = (slips) => slips.slice(-SHOWN).map((slip) => (slip.voided ? `${slip.number}（作废）` : slip.number)).join("、");
const button = (zh, en, does) => el("button", { class: "button button--quiet", type: "button", onclick: does }, bi(zh, en));

/**
 * @param {object} state link, away, no (why it can't), said, handing, waiting and refused slips
 * @param {{again(id: string): void, settle(id: string): void}} on
 * @returns {HTMLElement|null}
 */
export function offlineNotes({ link, away, no, returns, said, handing, waiting, refused }, on) {
  const parts = [];
  if (away) {
    const issued = waiting.length ? `已发 ${waiting.length} 个：${numbers(waiting)}。` : "";
    parts.push(banner("offline", AWAY, `${issued}照常取号，小票由本机打印，恢复后自动并入。${returns ? "" : "请不要关闭或刷新本页。"}`, list()));
  } else if (link === "down") {
    parts.push(banner("offline", "与服务器断开，暂不能取号", `${no ? `${no}。` : ""}仍可查事项和材料。已取的号继续有效，以窗口叫号为准。请手写顺序条，恢复后按顺序补取。`, list()));
  } else if (handing || waiting.length) {
    parts.push(banner("info", `正在并入 ${waiting.length} 个离线号`, numbers(waiting)));
  } else if (said) parts.push(banner("good", said));
  for (const slip of refused) parts.push(refusal(slip, on));
  return parts.length ? el("div", { class: "offline", "data-part": "offline" }, ...parts) : null;
}

/** A slip that somebody must deal with: its paper is in a visitor's hand. */
function refusal({ id, number, state, why, note }, on) {
  const title = state === "refused" ? `${number} 没有并入 Not taken in` : number;
  const end = [state === "refused" ? button("再试", "Try again", () => on.again(id)) : null, state === "pending" ? null : button("已处理", "Dealt with", () => on.settle(id))];
  return el("div", { "data-refused": number }, banner(state === "taken" ? "warn" : "error", title, why || note, el("div", { class: "offline__acts" }, ...end)));
}
