/** The right-hand side of the guide's page: at rest, a ticket before it is issued, an issued one, a found one. */
import { aheadText, bi, clockText, el, flag } from "./dom.js";
import { foldersText, MARKS } from "./guide-read.js";
import { banner, daysText, keyList, marksText, offlineMark, place, wait, windowChip, windowWords, zoneChip } from "./guide-words.js";

const PURPOSE_KEYS = el("span", { class: "guide__sub" }, "← → 换来意");

const papers = (list) =>
  el(
    "ul",
    { class: "papers" },
    ...list.map((name, index) => el("li", { class: "papers__item" }, el("span", { class: "papers__no" }, index + 1), el("span", { class: "papers__name" }, name))),
  );

const windows = (list, open) =>
  el("span", { class: "guide__windows" }, el("span", { class: "guide__sub" }, open ? "窗口" : "窗口（未开）"), ...windowWords(list).map((word) => windowChip(word, open)));

const button = (zh, en, key, does, kind = "primary") =>
  el("button", { class: `button button--${kind}`, type: "button", onclick: does }, bi(zh, en), key ? el("kbd", { class: "button__key", "aria-hidden": "true" }, key) : null);

/** Nothing is chosen: what the keys do. */
export function rest() {
  return [
    el("h2", {}, bi("取号三步", "Three steps")),
    keyList([
      ["yyzz", "输入拼音首字母、名称、部门或编码，↑ ↓ 选事项", "Initials, name, department or code; arrows choose"],
      ["Enter", "看材料、期限、窗口和等候；数字键选优先类别，← → 换来意，+ − 改份数", "Papers, days, windows, wait; digits: class, ← →: purpose, + −: copies"],
      ["Enter", "取号并打印；Esc 回到空的查找框", "Issue and print; Esc empties the field"],
      ["G", "业务组字母、分区名也可直接取号", "A group's letter or a zone's name issues, too"],
      ["Q031", "输入号码：回队、暂离、改签、取消、改类别", "A number: return, away, reroute, cancel, class"],
    ]),
  ];
}

/**
 * A ticket before it is issued.
 *
 * @param {object} draft {title, titleEn, preview, applicant, purpose, copies, busy, uncertain, error, retry}
 * @param {object} hall applicants and purposes
 * @param {object} on {applicant(code), mark(code), purpose(code), copies(step), issue(), back()}
 * @param {number} most folders at once
 * @param {number} perTurn folders of one turn
 */
export function draft(state, hall, on, most, perTurn) {
  const { preview } = state;
  const locked = state.busy || state.uncertain;
  const choice = (text, pressed, does, key) =>
    el("button", { class: "guide__choice", type: "button", "aria-pressed": String(pressed), disabled: locked, onclick: does }, key ? el("kbd", { class: "kbd" }, key) : null, text);
  const consult = state.purpose === "consult";
  return [
    state.error ? banner("error", state.error) : null,
    state.retry ? banner("warn", `没有答复，第 ${state.retry} 次再问；不会重复取号`) : null,
    el("h2", {}, bi(state.title, state.titleEn)),
    preview ? facts(preview) : el("p", { class: "quiet" }, "正在看窗口和等候…"),
    preview && state.purpose !== "collect" && preview.papers.length ? el("div", {}, el("p", { class: "guide__sub" }, `请备好材料（${preview.papers.length} 项）`), papers(preview.papers)) : null,
    el(
      "div",
      { class: "guide__choices", role: "group", "aria-label": "申请人类别和标记" },
      ...hall.applicants.map((one) => choice(one.zh, one.code === state.applicant, () => on.applicant(one.code), one.key)),
      ...MARKS.map((mark) => choice(mark.zh, state.marks.includes(mark.code), () => on.mark(mark.code), mark.key)),
    ),
    el(
      "div",
      { class: "guide__choices", role: "group", "aria-label": "来意和份数" },
      ...hall.purposes.map((one) => choice(one.zh, one.code === state.purpose, () => on.purpose(one.code))),
      PURPOSE_KEYS.cloneNode(true),
      most > 1 ? choice("−", false, () => on.copies(-1)) : null,
      most > 1 ? el("span", {}, foldersText(state.copies, perTurn)) : null,
      most > 1 ? choice("+", false, () => on.copies(1)) : null,
    ),
    el(
      "div",
      { class: "guide__foot" },
      busyButton(button(consult ? "只计一次咨询" : state.uncertain ? "再问一次（不会重复）" : "取号", consult ? "Count the question" : "Issue", "Enter", () => on.issue(false)), state.busy),
      consult ? button("要号", "With a slip", "Shift+Enter", () => on.issue(true), "quiet") : null,
      button("返回", "Back", "Esc", on.back, "quiet"),
    ),
  ].filter(Boolean);
}

function busyButton(node, busy) {
  if (busy) node.setAttribute("aria-busy", "true");
  return node;
}

function facts(preview) {
  return el(
    "div",
    { class: "guide__facts" },
    zoneChip(preview.hue, `${preview.zone_zh} · ${preview.group} ${preview.group_zh}`),
    daysText(preview) ? el("strong", {}, daysText(preview)) : null,
    preview.no_visit ? el("span", { class: "flag", "data-flag": "open" }, "可不见面办") : null,
    windows(preview.windows, preview.open),
    preview.way ? el("a", { class: "guide__way", href: `/map?to=${preview.windows.join(",")}`, target: "_blank", rel: "noopener" }, `${preview.way.arrow} ${preview.way.zh}`) : null,
    preview.ahead === undefined ? null : el("span", { class: "guide__ahead" }, preview.ahead ? aheadText(preview.ahead).zh : "前面没有人"),
    el("span", { class: "guide__ahead" }, wait(preview.wait)),
  );
}

/**
 * An issued ticket: the number to say aloud, and what came of the paper.
 *
 * @param {object} state {tickets, print: {good, zh}|null}
 */
export function issued(state, on) {
  const [first, ...others] = state.tickets;
  const failed = state.print && !state.print.good;
  return [
    el(
      "div",
      { class: "guide__issued" },
      el("strong", { class: "guide__number", "data-number": first.number }, first.number),
      ...others.map((ticket) => el("strong", { class: "guide__number guide__number--second" }, ticket.number)),
      el("span", {}, first.offline ? offlineMark() : null, first.priority ? flag("priority") : null, marksText(first.marks)),
    ),
    state.print === null
      ? banner("info", "正在打印小票…")
      : failed
        ? banner("error", `请手写 ${first.number}`, state.print.zh)
        : banner("good", state.print.zh),
    el("h2", {}, bi(first.matter_zh ?? first.group_zh, first.matter_en ?? first.group_en)),
    el(
      "div",
      { class: "guide__facts" },
      windows(first.windows, first.open),
      ...place(first),
    ),
    first.papers.length && first.purpose === "handle" ? papers(first.papers) : null,
    el(
      "div",
      { class: "guide__foot" },
      button("下一位", "Next visitor", "Esc", on.clear),
      button("重打", "Print again", "F4", on.print, "quiet"),
      button("同一人再办一项", "One more", "+", on.visit, "quiet"),
    ),
  ].filter(Boolean);
}

/** A found ticket; what can be done with it stands on the left. */
export function ticket(one, said) {
  const standing = one.after.length ? [`先办 ${one.after.join("、")}`] : one.state === "waiting" ? [one.ahead ? aheadText(one.ahead).zh : "前面没有人", wait(one.wait)] : [];
  return [
    said ? banner(said.kind, said.zh) : null,
    el("div", { class: "guide__issued" }, el("strong", { class: "guide__number" }, one.number), el("span", {}, one.offline ? offlineMark() : null, flag(one.away_until ? "away" : one.state))),
    el("h2", {}, bi(one.matter_zh ?? one.group_zh, one.matter_en ?? one.group_en)),
    el("div", { class: "guide__facts" }, windows(one.windows, one.open), ...standing.map((part) => el("span", { class: "guide__ahead" }, part))),
    el(
      "dl",
      { class: "facts" },
      ...[
        ["取号", `${one.issued_hhmm} · ${{ guide: "导询台", kiosk: "自助机", phone: "手机", appointment: "预约" }[one.channel] ?? one.channel}`],
        ["类别", one.confirmed ? one.applicant_zh : `${one.applicant_zh}（自助机申报，待核对）`],
        one.marks.length ? ["标记", marksText(one.marks)] : null,
        one.window ? ["窗口", `${one.window} 号${one.called_at ? ` · ${clockText(one.called_at)} 叫号` : ""}`] : null,
        one.away_until ? ["暂离到", clockText(one.away_until)] : null,
        one.visit_tickets.length > 1 ? ["同一人", one.visit_tickets.join("、")] : null,
        one.prints.length ? ["打印", `${one.prints.length} 次，最近 ${one.prints.at(-1).hhmm}${one.prints.at(-1).outcome === "failed" ? "（没打出来）" : ""}`] : null,
        one.why ? ["叫号原因", one.why] : null,
      ]
        .filter(Boolean)
        .flatMap(([name, value]) => [el("dt", {}, name), el("dd", {}, value)]),
    ),
    one.papers.length ? el("div", {}, el("p", { class: "guide__sub" }, "材料"), papers(one.papers)) : null,
  ].filter(Boolean);
}
