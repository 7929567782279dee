/** A slip that the page makes by itself (离线小票): what is known of it without the server, and its paper. */
import { el } from "./dom.js";
import { windowWords } from "./guide-words.js";

const MOST_PAPERS = 8;
const MARK = ["离线号", "Offline"];

const serves = (hall, purpose, item, zone, group) => {
  if (purpose === "collect") return hall.windows.filter((w) => w.kind === "issuing" && w.serves.includes(zone.code)).map((w) => w.no);
  if (item.matter) return hall.windows.filter((w) => w.kind !== "agent" && w.matters.includes(item.matter)).map((w) => w.no);
  return group.windows;
};

/**
 * What the hall's files say of what is wanted.
 *
 * @param {object} hall as GET /api/hall told it
 * @param {{matter?: string, group?: string, zone?: string}} item
 * @param {string} purpose
 */
export function aboutOf(hall, item, purpose = "handle") {
  const matter = hall.matters.find((one) => one.code === item.matter) ?? null;
  const area = hall.zones.find((one) => one.code === item.zone);
  const letter = matter?.group ?? item.group ?? area?.default_group;
  const group = hall.groups.find((one) => one.letter === letter);
  if (!group) return null;
  const zone = hall.zones.find((one) => one.code === group.zone);
  return { matter, group, zone, windows: serves(hall, purpose, item, zone, group) };
}

/** A ticket before it is issued, as GET /api/desk/preview tells it, as far as it is known without the server. */
export function offlinePreview(hall, item, purpose) {
  const about = aboutOf(hall, item, purpose);
  if (!about) return null;
  const { matter, group, zone, windows } = about;
  return {
    ...{ zone: zone.code, zone_zh: zone.short_zh, hue: zone.hue, group: group.letter, group_zh: group.zh, windows, open: true, wait: null, way: null },
    ...{ papers: matter?.papers ?? [], promised_days: matter?.promised_days ?? null, on_the_spot: matter?.on_the_spot ?? null, no_visit: matter?.no_visit ?? false },
  };
}

/** HH:MM of a moment in the hall's own zone. */
export function hallClock(ms, zone) {
  return new Intl.DateTimeFormat("zh-CN", { timeZone: zone, hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(ms);
}

/** A kept slip as the ticket that the page's panels show. */
export function offlineTicket(hall, slip) {
  const { asked } = slip;
  const { matter, group, windows } = aboutOf(hall, asked.item, asked.purpose);
  const turn = Math.min(asked.copies, hall.timing.copies_per_turn);
  return {
    ...{ id: slip.id, number: slip.number, visit: asked.visit, offline: true, state: slip.voided ? "cancelled" : "waiting", window: null },
    ...{ matter_zh: matter?.zh ?? null, matter_en: matter?.en ?? null, group_zh: group.zh, group_en: group.en, papers: matter?.papers ?? [] },
    ...{ windows, open: true, ahead: null, wait: null, after: [], purpose: asked.purpose, marks: asked.marks, copies: turn, left: asked.copies - turn },
    ...{ priority: asked.applicant !== hall.applicants[0].code, issued_hhmm: hallClock(slip.issued, hall.time_zone) },
  };
}

/** The slip's paper, 80 mm. It says what it is, and that the number stays good. */
function paper(hall, slip, ticket) {
  const { zone } = aboutOf(hall, slip.asked.item, slip.asked.purpose);
  const purpose = hall.purposes.find((one) => one.code === ticket.purpose);
  const handle = ticket.purpose === "handle";
  const line = (name, ...text) => el("p", { class: `offslip__${name}` }, ...text);
  const en = (text) => el("span", { class: "offslip__en", lang: "en" }, text);
  return el(
    "section",
    { class: "offslip", "data-number": ticket.number, "aria-hidden": "true" },
    line("hall", hall.zh, en(hall.en)),
    el("div", { class: "offslip__head" }, el("strong", { class: "offslip__number" }, ticket.number)),
    line("marks", el("b", {}, MARK.join(" ")), ticket.priority ? el("b", {}, "优先") : null, handle ? null : el("b", {}, purpose.zh)),
    line("group", ticket.group_zh, en(ticket.group_en)),
    line("small", `${zone.short_zh}服务区`, en(zone.en)),
    el("div", { class: "offslip__part" }, line("small", "请到窗口 Window"), line("windows", windowWords(ticket.windows).join(" "))),
    el("div", { class: "offslip__part" }, line("small", `${slip.day} ${ticket.issued_hhmm} 取号`), slip.asked.copies > 1 ? line("small", `共 ${slip.asked.copies} 件`) : null),
    ticket.matter_zh
      ? el("div", { class: "offslip__part" }, line("matter", ticket.matter_zh, en(ticket.matter_en)), handle && ticket.papers.length ? el("ul", {}, ...ticket.papers.slice(0, MOST_PAPERS).map((name) => el("li", {}, name))) : null)
      : null,
    el("div", { class: "offslip__part" }, line("rule", "系统中断时所发，号码有效：按取号时间排队，请留意叫号。"), line("rule", en("Issued while the system was down. The number is good: your place counts from the time above."))),
  );
}

/** The paper's length can't be computed in CSS: a rule is added with the height in mm. */
function fitPaper(node) {
  const box = node.getBoundingClientRect();
  const sheet = Array.from(document.styleSheets).find((one) => one.href?.includes("/css/offline.css"));
  sheet?.insertRule(`@page offslip { size: 80mm ${Math.ceil((box.height / box.width) * 80) + 2}mm; margin: 0; }`, sheet.cssRules.length);
}

/**
 * Prints a slip by the browser itself; with --kiosk-printing without a question. Whether paper came out, no browser
 * can tell.
 *
 * @returns {{good: boolean, zh: string}}
 */
export function printOffline(hall, slip) {
  document.querySelector(".offslip")?.remove();
  const node = paper(hall, slip, offlineTicket(hall, slip));
  document.body.append(node);
  fitPaper(node);
  document.documentElement.dataset.printing = "slip";
  try {
    window.print();
  } catch {
    return { good: false, zh: "本机不能打印。请手写号码。" };
  } finally {
    delete document.documentElement.dataset.printing;
  }
  return { good: true, zh: "离线小票已送本机打印" };
}
