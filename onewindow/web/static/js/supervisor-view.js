/** Draws the supervisor's page (画面): the plan with its windows and zones, the alarms, a window's facts, who remains. */
import { ageText, el, setText, waitText } from "./dom.js";

export const STATE_ZH = { idle: "空闲", called: "已叫", serving: "办理", paused: "暂停", closed: "未开" };
const KIND_ZH = { comprehensive: "综合窗口", specialist: "专业窗口", issuing: "出件窗口", agent: "代办窗口" };
export const CHOICE_ZH = { late: "今日办完", tomorrow: "转次日", give_up: "放弃" };
const drawn = new WeakMap();

function fill(node, data, build) {
  const mark = JSON.stringify(data);
  if (drawn.get(node) === mark) return;
  drawn.set(node, mark);
  node.replaceChildren(...build());
}

/** Puts everything of the plan in its place; once. */
export function layOut(plan) {
  plan.style.gridTemplateColumns = `repeat(${plan.dataset.cols}, minmax(0, 1fr))`;
  plan.style.gridTemplateRows = `repeat(${plan.dataset.rows}, minmax(0, 1fr))`;
  for (const node of plan.querySelectorAll("[data-row]")) {
    const { row, col, h = 1, w = 1 } = node.dataset;
    node.style.gridArea = `${row} / ${col} / span ${h} / span ${w}`;
  }
}

export function drawPlan(plan, state) {
  for (const window of state.windows) drawSpot(plan.querySelector(`[data-spot="${window.no}"]`), window, state.now_ms);
  for (const zone of state.zones) {
    const card = plan.querySelector(`[data-zone="${zone.code}"]`);
    setText(card, "waiting", zone.waiting);
    setText(card, "open", `· 开 ${zone.open}/${zone.windows} 窗`);
    setText(card, "wait", zone.open ? `新来的 ${waitText(zone.wait).zh}` : "没有窗口开着");
    setText(card, "longest", zone.longest_ms ? `最久已等 ${ageText((state.now_ms - zone.longest_ms) / 1000).zh}` : "");
  }
}

function drawSpot(spot, window, now) {
  spot.dataset.state = window.state;
  spot.toggleAttribute("data-help", window.help);
  spot.toggleAttribute("data-agent", window.kind === "agent" && !window.public);
  setText(spot, "waiting", window.waiting || "");
  setText(spot, "number", window.number || STATE_ZH[window.state]);
  const minutes = window.ticket_since_ms ? Math.floor((now - window.ticket_since_ms) / 60000) : 0;
  const merged = window.state === "closed" && window.merged_into ? `并到 ${window.merged_into}` : "";
  setText(spot, "clerk", merged || (window.state === "paused" ? window.reason_zh : window.clerk));
  const what = [`${window.no} 号 ${window.zh}`, STATE_ZH[window.state], window.number, minutes ? `${minutes} 分钟` : "", merged || window.clerk, window.waiting ? `${window.waiting} 人在等` : "", window.help ? "求助" : ""];
  const label = what.filter(Boolean).join("，");
  if (spot.title !== label) {
    spot.title = label;
    spot.setAttribute("aria-label", label);
  }
}

/** The alarms, most urgent first; each with the button that does what it says. */
export function drawAlarms(list, state) {
  fill(list, state.alarms, () => {
    if (!state.alarms.length) return [el("li", { class: "alarms__none" }, "没有要马上处理的事")];
    return state.alarms.map(alarmItem);
  });
}

function alarmItem(alarm) {
  const acts = alarm.open_windows.slice(0, 2).map((no) => el("button", { type: "button", class: "button button--quiet", "data-open": no }, `开 ${no}`));
  if (alarm.code === "help") acts.unshift(el("button", { type: "button", class: "button button--call", "data-help-off": alarm.window }, "已到场"));
  if (alarm.window) acts.push(el("button", { type: "button", class: "button button--quiet", "data-show": alarm.window }, `看 ${alarm.window}`));
  const numbers = alarm.tickets.slice(0, 6).join(" ") + (alarm.tickets.length > 6 ? " …" : "");
  return el(
    "li",
    { class: "alarms__item", "data-urgency": alarm.urgency, "data-code": alarm.code },
    el("p", { class: "alarms__what" }, el("span", { class: "alarms__level" }, ["", "立即", "尽快", "留意"][alarm.urgency]), alarm.zh),
    el("p", { class: "alarms__en", lang: "en" }, alarm.en),
    el("p", { class: "alarms__todo" }, alarm.todo_zh),
    alarm.tickets.length > 1 ? el("p", { class: "alarms__tickets quiet" }, numbers) : null,
    acts.length ? el("div", { class: "button-row" }, acts) : null,
  );
}

/** A window's facts for its dialog. */
export function windowFacts(node, window, now) {
  const facts = [
    ["类型", KIND_ZH[window.kind] + (window.kind === "agent" ? (window.public ? "（已对外叫号）" : "（不对外叫号）") : "")],
    ["状态", STATE_ZH[window.state] + (window.state === "closed" && window.merged_into ? `：并到 ${window.merged_into} 号` : "") + (window.reason_zh ? `：${window.reason_zh}` : "") + (window.since_ms ? `，${ageText((now - window.since_ms) / 1000).zh}` : "")],
    ["当前号", window.number ? `${window.number}，${ageText((now - window.ticket_since_ms) / 1000).zh}` : "无"],
    ["人员", window.clerk || "无"],
    ["等候", `${window.waiting} 人可在此办`],
    ["今日", `办结 ${window.served}，挂起 ${window.held}`],
  ];
  fill(node, facts, () => facts.flatMap(([name, text]) => [el("dt", {}, name), el("dd", {}, text)]));
}

/** Who remains at closing, each with the three choices. */
export function drawRemaining(list, remaining) {
  fill(list, remaining.tickets, () => {
    if (!remaining.tickets.length) return [el("li", { class: "remaining__none" }, "没有人了，可以结束当天。")];
    // Whom somebody must ask stands first; a choice moves no row, or the next press would meet another visitor.
    const atWindow = (ticket) => ticket.state === "called" || ticket.state === "serving";
    return [...remaining.tickets].sort((a, b) => atWindow(a) - atWindow(b)).map((ticket) => {
      const there = atWindow(ticket);
      const choices = Object.entries(CHOICE_ZH).map(([code, zh]) =>
        el("button", { type: "button", class: `button ${ticket.choice === code ? "button--primary" : "button--quiet"}`, "data-settle": ticket.id, "data-choice": code, "aria-pressed": String(ticket.choice === code) }, zh),
      );
      const where = `${ticket.state_zh}${ticket.window ? ` · ${ticket.window} 号窗口` : ""}${ticket.away ? " · 暂离" : ""} · ${ageText((remaining.now_ms - ticket.issued_ms) / 1000).zh}`;
      return el(
        "li",
        { class: "remaining__row" },
        el("span", { class: "number number--s" }, ticket.number),
        el("span", { class: "remaining__what" }, ticket.what_zh, el("br"), el("span", { class: "quiet" }, where)),
        el("span", { class: "button-row" }, there ? el("span", { class: "quiet" }, "等窗口办结") : ticket.choice === "tomorrow" ? el("strong", {}, "已转次日") : choices),
      );
    });
  });
}
