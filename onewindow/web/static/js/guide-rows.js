/** The rows of the guide's list: matters, groups, zones, tickets, calls for help, and what can be done with a ticket. */
import { el, flag } from "./dom.js";
import { MARKS, toggled } from "./guide-read.js";
import { daysText, marksText, wait, windowWords, zoneChip } from "./guide-words.js";

/**
 * @param {Array<object>} entries each with `kind` and, under it, what it stands for; `heading` opens a section
 * @param {number} chosen index
 * @param {(index: number) => void} onPick a row was clicked
 * @returns {Array<HTMLElement>}
 */
export function rows(entries, chosen, onPick) {
  return entries.flatMap((entry, index) => {
    const row = el(
      "div",
      { class: "rows__row", role: "option", id: `row-${index}`, "aria-selected": String(index === chosen), "data-kind": entry.kind, onclick: () => onPick(index) },
      ...MAKERS[entry.kind](entry),
    );
    const heading = entry.heading ? el("div", { class: "guide__heading", role: "presentation" }, `${entry.heading.zh} `, el("span", { class: "guide__heading-en", lang: "en" }, entry.heading.en)) : null;
    return heading ? [heading, row] : [row];
  });
}

const title = (zh, en = "") => el("span", { class: "rows__title" }, zh, en ? el("span", { class: "rows__en", lang: "en" }, en) : null);
const meta = (...parts) => el("span", { class: "rows__meta" }, ...parts.filter(Boolean).map((part) => (part instanceof Node ? part : el("span", {}, part))));
const end = (...parts) => el("span", { class: "rows__end" }, ...parts);
const windowsText = (windows, open) => `${windowWords(windows).join("、")} 号窗${open ? "" : "（未开）"}`;

const MAKERS = {
  matter: ({ matter }) => [
    el("span", { class: "rows__title" }, ...marked(matter), matter.en ? el("span", { class: "rows__en", lang: "en" }, matter.en) : null),
    meta(matter.code, zoneChip(matter.hue, matter.zone_zh), windowsText(matter.windows, matter.open), `材料 ${matter.papers.length} 项`, daysText(matter), matter.no_visit ? "可不见面" : "", aliasOf(matter)),
    end(wait(matter.wait)),
  ],
  group: ({ group, zone }) => [
    title(`${group.letter}　${group.zh}`, group.en),
    meta("不分事项直接取号", zoneChip(zone.hue, zone.short_zh), windowsText(group.windows, group.open > 0), `${group.waiting} 人等候`),
    end(wait(group.wait)),
  ],
  zone: ({ zone }) => [title(zone.zh, zone.en), meta("不分事项直接取号", zoneChip(zone.hue, zone.short_zh), `${zone.waiting} 人等候`), end(wait(zone.wait))],
  ticket: ({ ticket }) => [
    title(`${ticket.number}　${ticket.matter_zh ?? ticket.group_zh}`),
    meta(ticket.issued_hhmm ? `${ticket.issued_hhmm} 取号` : "", ticket.priority ? flag("priority") : "", ticket.window ? `${ticket.window} 号窗` : "", ticket.offline ? "离线号" : ""),
    end(flag(ticket.away ? "away" : ticket.state)),
  ],
  claim: ({ ticket }) => [
    title(`${ticket.number}　请核对优先：${ticket.applicant_zh}`),
    meta(`${ticket.issued_hhmm} 自助机取号`, ticket.group_zh),
    end(flag("waiting")),
  ],
  escort: ({ ticket }) => [
    title(`${ticket.number} → ${ticket.window} 号窗口：${ticket.accompany ? "请陪同前往" : "请到座位上招呼"}`),
    meta(marksText(ticket.marks), ticket.group_zh, `${ticket.called_hhmm} 叫号`, ticket.asked ? "窗口没等到，请去找" : "", ticket.accompany ? "Enter 表示已陪同" : ""),
    end(flag("called")),
  ],
  help: ({ call, minutes }) => [title(`${call.zh} 有人求助`), meta(`${minutes} 分钟前`, "Enter 表示已去"), end(el("span", { class: "flag", "data-flag": "recalled" }, "求助"))],
  action: ({ zh, en, key }) => [title(zh, en), meta(key ? el("kbd", { class: "kbd" }, key) : "")],
  number: ({ number }) => [title(`号码 ${number}`, "Ticket")],
};

/** The name with what was typed marked in it. */
function marked(matter) {
  const spans = matter.hits?.find((hit) => hit.field === "name")?.spans ?? [];
  const parts = [];
  let at = 0;
  for (const [start, stop] of spans) {
    if (start > at) parts.push(matter.zh.slice(at, start));
    parts.push(el("mark", {}, matter.zh.slice(start, stop)));
    at = stop;
  }
  parts.push(matter.zh.slice(at));
  return parts;
}

/** Why a matter is there whose name doesn't show it: 俗称「办照」, 公安局. */
function aliasOf(matter) {
  const hit = matter.hits?.[0];
  if (!hit || hit.field === "name" || hit.field === "code" || hit.field === "zone") return "";
  return hit.field === "alias" ? `俗称「${hit.text}」` : hit.text;
}

/**
 * What can be done with a ticket, the likeliest first.
 *
 * @param {object} ticket staff view
 * @param {Array<{code: string, zh: string, en: string, key: string}>} classes
 */
export function actionsOf(ticket, classes) {
  const found = [];
  const add = (does, zh, en, key = "") => found.push({ kind: "action", does, zh, en, key });
  const away = ticket.away_until !== null;
  if (!ticket.confirmed && ticket.state === "waiting") {
    add(["applicant", { applicant: ticket.applicant }], `确认优先：${ticket.applicant_zh}`, `Confirm: ${ticket.applicant_en}`);
    add(["applicant", { applicant: classes[0].code }], `不符合，按${classes[0].zh}排队`, "Not entitled");
  }
  const called = ticket.state === "called";
  if (called && ticket.marks.includes("accompany") && !ticket.accompanied) add(["accompany", {}], `已陪同前往 ${ticket.window} 号窗口`, "Walking along");
  if (called && ticket.marks.includes("deaf") && !ticket.absent) add(["absent", {}], "已去找过，人不在", "Looked for, not here");
  if (ticket.state === "no_show" || ticket.state === "held" || away) add(["return", {}], "回队，次序不变", "Back into the line");
  if (ticket.state === "finished") add(["return", {}], `补齐材料，回 ${ticket.window} 号窗口`, "Back with a missing paper");
  if (ticket.state === "waiting") {
    add(["reroute"], "改签到别的事项", "Another matter");
    if (!away) add(["away", {}], "暂离", "Step out");
  }
  if (["waiting", "held", "no_show"].includes(ticket.state)) {
    add(["print"], "重打小票", "Print again");
    add(["visit"], "同一人再办一项", "One more matter for this person");
    for (const one of classes) {
      const same = one.code === ticket.applicant && ticket.confirmed;
      if (!same && ticket.confirmed) add(["applicant", { applicant: one.code }], `类别改为${one.zh}`, one.en, one.key);
    }
    marking(ticket, add);
    add(["cancel"], `取消 ${ticket.number}`, "Cancel");
  } else {
    add(["print"], "重打小票", "Print again");
    if (called || ticket.state === "serving") marking(ticket, add);
  }
  return found;
}

/** A mark set or taken away, on a key each. */
function marking(ticket, add) {
  for (const { code, key, zh, en } of MARKS) {
    const has = ticket.marks.includes(code);
    add(["marks", { marks: toggled(ticket.marks, code) }], `${has ? "取消标记" : "标记"}：${zh}`, en, key);
  }
}
