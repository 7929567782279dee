/** Draws the console (画面): the current ticket, who waits, what is held. Rebuilds a part only when it has changed. */
import { ageText, bi, el, flag, minutesText } from "./dom.js";
import { deaf, phaseFlag } from "./console-model.js";

const STATE_ZH = { waiting: "在等", called: "已叫", serving: "办理中", held: "挂起", finished: "已办结", no_show: "过号", cancelled: "取消", abandoned: "放弃" };
const drawn = new WeakMap();

/** Fills `node` with what `build` makes, unless `data` is what it shows already: focus and ticks stay. */
export function fill(node, data, build) {
  const mark = JSON.stringify(data);
  if (drawn.get(node) === mark) return;
  drawn.set(node, mark);
  node.replaceChildren(...build());
}

/** A span that js/console.js keeps counting; `since` in the server's ms. */
function running(since, kind, cls = "") {
  return el("span", { class: cls, "data-since": since, "data-running": kind });
}

/** Writes all running times under `root`. */
export function tick(root, now) {
  for (const node of root.querySelectorAll("[data-since]")) {
    const seconds = (now - Number(node.dataset.since)) / 1000;
    const text = node.dataset.running === "watch" ? minutesText(seconds) : ageText(seconds).zh;
    if (node.textContent !== text) node.textContent = text;
  }
}

/**
 * @param {HTMLElement} card
 * @param {object} state
 * @param {{has: (ticket: string, paper: string) => boolean, set: (ticket: string, paper: string, on: boolean) => void}} ticks
 */
export function drawCard(card, state, ticks) {
  const ticket = state.current;
  card.classList.toggle("card--called", ticket?.state === "called");
  card.dataset.state = phaseFlag(state);
  const { ahead, wait, no_show_left_ms: left, ...steady } = ticket ?? {};
  const idle = [state.phase, state.day.phase, state.reason_zh, state.since_ms, state.waiting[0] ?? null, state.held.length, state.merged_into, state.suspended];
  const shown = ticket ? steady : idle;
  fill(card, shown, () => (ticket ? ticketParts(ticket, ticks) : idleParts(state)));
}

function ticketParts(ticket, ticks) {
  const flags = el("div", { class: "cluster console__flags" }, flag(ticket.state === "called" && ticket.recalls ? "recalled" : ticket.state));
  if (ticket.priority) flags.append(flag("priority"));
  flags.append(classChip(ticket));
  if (ticket.copies > 1 || ticket.left) flags.append(el("span", { class: "chip", "data-cell": "copies" }, `本轮 ${ticket.copies} 件${ticket.left ? `，还有 ${ticket.left} 件` : ""}`));
  if (ticket.moved_from) flags.append(movedChip(ticket));
  if (ticket.purpose !== "handle") flags.append(el("span", { class: "chip chip--strong" }, ticket.purpose_zh));
  const since = ticket.state === "called" ? ticket.called_ms : ticket.started_ms;
  const head = el(
    "div",
    { class: "console__ticket" },
    el("span", { class: `number number--xl${ticket.state === "called" ? " number--called" : ""}`, "data-cell": "number" }, ticket.number),
    el("div", { class: "console__ticket-about" }, flags, el("span", { class: "zone-chip", "data-hue": ticket.hue }, `${ticket.zone_zh} · ${ticket.group_zh}`)),
    el("div", { class: "console__watch" }, running(since, "watch", "console__watch-time"), watchWords(ticket)),
  );
  return [head, heedParts(ticket), ...reasonParts(ticket), el("div", { class: "console__matters" }, matterParts(ticket, ticks))];
}

function watchWords(ticket) {
  if (ticket.state !== "called") return bi(`办理中 · 通常 ${Math.round(ticket.minutes)} 分钟`, "Serving · usual time");
  return ticket.stands ? bi("已叫 · 过号停表", "Called · clock stands still") : bi("已叫", "Called");
}

/** What the clerk must know of this visitor first; quieter once the service has begun. */
function heedParts(ticket) {
  const quiet = ticket.state !== "called";
  const parts = [];
  if (deaf(ticket)) {
    const words = quiet ? ["来宾听不到：写字交流", "Write to the visitor", ""] : ["招手或写字", "Wave or write", "来宾听不到叫号"];
    parts.push(heed("deaf", ...words, quiet));
  }
  if (ticket.marks.includes("accompany") && !quiet) {
    const words = ticket.accompanied ? ["导办正陪来宾过来", "A helper walks along"] : ["等导办陪来宾过来", "A helper will walk along"];
    parts.push(heed("accompany", ...words, "请多等一会儿", true));
  } else if (ticket.marks.includes("accompany")) {
    parts.push(heed("accompany", "来宾要人陪同", "To be accompanied", "办完请导办来接", true));
  }
  return parts.length ? el("div", { class: "heeds" }, parts) : "";
}

/** As the macro heed(zh, en, more, quiet). */
function heed(cell, zh, en, more, quiet) {
  return el(
    "p",
    { class: `heed${quiet ? " heed--quiet" : ""}`, "data-cell": cell },
    el("span", { class: "heed__zh" }, zh),
    el("span", { class: "heed__en", lang: "en" }, en),
    more ? el("span", { class: "heed__more" }, more) : null,
  );
}

/** That the ticket came along from a window that closed. */
function movedChip(ticket) {
  return el("span", { class: "chip chip--moved" }, `来自 ${ticket.moved_from} 号窗口`);
}

function classChip(ticket) {
  const word = ticket.applicant_zh + (ticket.confirmed ? "" : " · 未确认");
  return el("span", { class: `chip${ticket.confirmed ? "" : " chip--warn"}`, "data-cell": "class" }, word);
}

function reasonParts(ticket) {
  const facts = el("div", { class: "console__facts" });
  if (ticket.why) facts.append(fact("为什么叫这个号", ticket.why, "why"));
  facts.append(fact("取号", `${ticket.issued_hhmm}${ticket.previous ? `，接续昨日 ${ticket.previous.split("-").pop()}` : ""}`, "issued"));
  if (ticket.visit_others.length) {
    const others = ticket.visit_others.map((t) => `${t.number} ${STATE_ZH[t.state] ?? t.state}`).join("，");
    facts.append(fact("同一来宾还有", others, "others"));
  }
  if (ticket.note) facts.append(fact("附言", ticket.note, "note"));
  return [facts];
}

function fact(zh, text, cell) {
  return el("p", { class: "console__fact" }, el("span", { class: "console__fact-name" }, zh), el("span", { "data-cell": cell }, text));
}

function matterParts(ticket, ticks) {
  if (!ticket.matters.length) {
    return [el("p", { class: "console__no-matter" }, `取的是“${ticket.group_zh}”的号，还没有定事项。`, el("kbd", { class: "kbd" }, "A"), " 定事项")];
  }
  return ticket.matters.map((matter, index) =>
    el(
      "section",
      { class: "console__matter" },
      el("h2", {}, index ? el("span", { class: "chip" }, "加办") : null, bi(matter.zh, matter.en)),
      el("p", { class: "quiet console__matter-meta" }, `${matter.code} · ${matter.on_the_spot ? "即办" : `承诺 ${matter.promised_days} 个工作日`}`),
      el("ul", { class: "papers console__papers" }, matter.papers.map((paper) => paperItem(ticket, `${matter.code} ${paper}`, paper, ticks))),
    ),
  );
}

function paperItem(ticket, key, name, ticks) {
  const box = el("input", { type: "checkbox", class: "papers__tick", name: "paper", onchange: (event) => ticks.set(ticket.id, key, event.target.checked) });
  box.checked = ticks.has(ticket.id, key);
  return el("li", {}, el("label", { class: "papers__item" }, box, el("span", { class: "papers__name" }, name)));
}

function idleParts(state) {
  const words = {
    closed: ["窗口未开", "The window is closed"],
    paused: [`暂停中：${state.reason_zh}`, `Paused: ${state.reason_en}`],
    open: ["空闲", "Free"],
  };
  if (state.merged_into) words.closed = [`已并到 ${state.merged_into} 号窗口`, `Merged into window ${state.merged_into}`];
  if (state.suspended) words.open = ["暂停服务", "Service is suspended"];
  const [zh, en] = state.day.phase === "before" ? ["当天尚未开始", "The day is not open yet"] : words[state.phase];
  const next = state.waiting[0];
  const parts = [el("p", { class: "empty__zh" }, zh), el("p", { class: "empty__en", lang: "en" }, en)];
  if (state.phase === "paused" && state.since_ms) parts.push(el("p", { class: "empty__hint" }, "已 ", running(state.since_ms, "age")));
  if (state.phase === "closed" && state.merged_into) {
    parts.push(el("p", { class: "empty__hint" }, `在等的、挂起的都由 ${state.merged_into} 号窗口办；来问的来宾请到 ${state.merged_into} 号窗口。`));
  } else if (state.phase === "open" && state.suspended) {
    parts.push(el("p", { class: "empty__hint" }, "主任恢复服务后再叫号，在等的先后都保留。"));
  } else if (next) {
    parts.push(
      el("p", { class: "console__next" }, el("span", { class: "quiet" }, "下一位"), el("span", { class: "number number--l" }, next.number), next.priority ? flag("priority") : null),
      el("p", { class: "empty__hint" }, `${next.what_zh} · 已等 `, running(next.issued_ms, "age")),
    );
  } else if (state.phase === "open") {
    parts.push(el("p", { class: "empty__hint" }, "有人来时会响一声，大按钮写出号码。"));
  }
  return [el("div", { class: "empty console__empty" }, parts)];
}

/** Who waits, in the order of the rule; a row opens the out-of-order dialog. */
export function drawQueue(list, state) {
  fill(list, [state.waiting, state.waiting_count], () => {
    if (!state.waiting.length) return [el("li", { class: "queue__none quiet" }, "没有人等候")];
    const rows = state.waiting.map((ticket, index) => queueRow(ticket, index));
    const more = state.waiting_count - state.waiting.length;
    return more > 0 ? [...rows, el("li", { class: "queue__none quiet" }, `还有 ${more} 人`)] : rows;
  });
}

/** Moves the focus through who waits. */
export function walk(by) {
  const rows = [...document.querySelectorAll(".queue__row")];
  const at = rows.indexOf(document.activeElement);
  rows[Math.min(rows.length - 1, Math.max(0, at + by))]?.focus();
}

function queueRow(ticket, index) {
  const marks = [];
  if (ticket.priority) marks.push(el("span", { class: "chip chip--strong" }, "优先"));
  if (ticket.unconfirmed) marks.push(el("span", { class: "chip chip--warn" }, `${ticket.class_zh}未确认`));
  if (ticket.purpose === "collect") marks.push(el("span", { class: "chip" }, "取件"));
  if (ticket.moved_from) marks.push(movedChip(ticket));
  else if (ticket.bound) marks.push(el("span", { class: "chip" }, "指定本窗"));
  if (ticket.marks.includes("deaf")) marks.push(el("span", { class: "chip chip--warn" }, "听不到"));
  if (ticket.marks.includes("accompany")) marks.push(el("span", { class: "chip chip--warn" }, "陪同"));
  if (ticket.copies + ticket.left > 1) marks.push(el("span", { class: "chip" }, `${ticket.copies + ticket.left} 件`));
  return el(
    "li",
    {},
    el(
      "button",
      { type: "button", class: "queue__row", "data-ticket": ticket.id, "data-number": ticket.number, title: "指定叫这个号", tabindex: index ? -1 : 0 },
      el("span", { class: "queue__number" }, ticket.number),
      el("span", { class: "queue__what" }, marks, " ", ticket.what_zh),
      running(ticket.issued_ms, "age", "queue__age"),
    ),
  );
}

/** What the window holds; each with its digit and the button that takes it up again. */
export function drawHeld(list, state) {
  fill(list, state.held, () =>
    state.held.map((ticket, index) =>
      el(
        "li",
        { class: "held__row" },
        el("span", { class: "queue__number" }, ticket.number),
        el("span", { class: "held__why" }, ticket.moved_from ? movedChip(ticket) : null, ticket.moved_from ? " " : null, ticket.reason_zh, " · ", running(ticket.held_ms, "age")),
        el("button", { type: "button", class: "button button--quiet held__take", "data-take": ticket.id, "data-number": ticket.number }, "取回", index < 9 ? el("kbd", { class: "button__key" }, index + 1) : null),
      ),
    ),
  );
}
