/** What stops the hall now (停摆), on the guide's page: a stop of service, lunch, the end of intake. */
import { setText } from "./dom.js";

/**
 * @param {object} desk the desk's view
 * @returns {string} empty while all goes on
 */
export function serviceText({ phase, service }) {
  if (service.suspended) return `全厅暂停叫号（${service.suspended.reason_zh}，${service.suspended.since} 起）：次序和时间都停住，请告诉来宾留在座位上`;
  if (phase === "closing") return "已停止取号：只办已取的号";
  const stopped = service.stopped_groups.map(({ group, zh, last }) => `${group} ${zh}${last ? `（到 ${last}）` : ""}`);
  const lunch = service.break_until ? `午休，${service.break_until} 恢复叫号` : "";
  return [lunch, stopped.length ? `已收号：${stopped.join("、")}` : ""].filter(Boolean).join("；");
}

/** @param {HTMLElement} line @param {object|null} desk */
export function drawService(line, desk) {
  const text = desk ? serviceText(desk) : "";
  line.hidden = text === "";
  setText(line.parentElement, "service", text);
}

/** Whether this group's intake has ended. */
export const isStopped = (desk, letter) => desk.service.stopped_groups.some((one) => one.group === letter);
