/** Rush mode on the page: the groups' letters, classes and folders, the keys as buttons, the last number and its papers. */
import { bi, el, flag } from "./dom.js";
import { foldersText, isLetter, MARKS, readRush, rewritten, toggled } from "./guide-read.js";
import { isStopped } from "./guide-service.js";
import { banner, keyList, marksText, offlineMark, place, windowChip, windowWords } from "./guide-words.js";

/** The buttons under the list: [what, zh, en, key]. */
const BAR = [
  ["enter", "取号", "Issue", "Enter"],
  ["collect", "取件", "Collect", "F9"],
  ["consult", "咨询", "Question", "F8"],
  ["same", "同一人", "Same visitor", "F3"],
  ["reroute", "改签", "Reroute", "F6"],
  ["void", "作废", "Void", "Ctrl+Z"],
  ["print", "重打", "Reprint", "F4"],
];

/**
 * Built once and kept: a node that is replaced between the finger's down and up loses the press.
 */
export class RushView {
  #parts;
  #tiles = new Map();
  #chips = new Map();
  #marks = new Map();
  #copies = el("b", { class: "guide__copies" }, "1 份");

  /**
   * @param {object} parts {pad, classes, marks, bar}
   * @param {object} on write(text) into the field, does {enter, collect, …}
   */
  constructor(parts, on) {
    this.#parts = parts;
    this.on = on;
    parts.bar.replaceChildren(
      ...BAR.map(([what, zh, en, key]) =>
        el("button", { class: `button button--${what === "enter" ? "primary" : "quiet"}`, type: "button", "data-does": what, onclick: () => on.does[what]() }, bi(zh, en), el("kbd", { class: "button__key", "aria-hidden": "true" }, key)),
      ),
    );
  }

  /**
   * @param {object} state {on, text, desk, classes, most, perTurn}
   */
  draw({ on, text, desk, classes, most, perTurn }) {
    const { pad, classes: row, marks: side, bar } = this.#parts;
    const { applicant, marks, query, copies } = readRush(text, classes);
    row.hidden = bar.hidden = side.hidden = !on;
    pad.hidden = !on || query.length > 1;
    if (!on) return;
    if (desk && !this.#tiles.size) this.#build(desk);
    if (classes.length && !this.#chips.size) this.#choices(classes, most);
    for (const group of desk?.groups ?? []) {
      const tile = this.#tiles.get(group.letter);
      tile.setAttribute("aria-pressed", String(isLetter(query) && query.toUpperCase() === group.letter));
      tile.classList.toggle("guide__tile--closed", group.open === 0);
      const words = isStopped(desk, group.letter) ? "已收号" : group.open ? `${group.waiting} 人` : "未开窗";
      if (tile.lastChild.textContent !== words) tile.lastChild.textContent = words;
    }
    for (const [code, chip] of this.#chips) chip.setAttribute("aria-pressed", String(code === (applicant ?? classes[0].code)));
    for (const [code, chip] of this.#marks) chip.setAttribute("aria-pressed", String(marks.includes(code)));
    this.#copies.textContent = foldersText(copies, perTurn);
    this.#copies.classList.toggle("guide__over", copies > most);
  }

  #build(desk) {
    const spoken = JSON.parse(this.#parts.pad.dataset.names);
    const hues = new Map(desk.zones.map((zone) => [zone.code, zone.hue]));
    for (const { letter, zh, zone } of desk.groups) {
      const does = () => this.on.write((text, classes) => rewritten(text, classes, { query: letter.toLowerCase() }));
      const tile = el("button", { class: "guide__tile", type: "button", "data-hue": hues.get(zone), "data-letter": letter, title: zh, "aria-pressed": "false", onclick: does });
      const name = spoken[letter] ?? zh;
      const long = name.length > 4 ? " guide__tile-zh--long" : "";
      tile.append(el("kbd", { class: "kbd" }, letter), el("span", { class: `guide__tile-zh${long}` }, name), el("span", { class: "guide__tile-count" }));
      this.#tiles.set(letter, tile);
    }
    this.#parts.pad.replaceChildren(...this.#tiles.values());
  }

  #choices(classes, most) {
    for (const one of classes) {
      const does = () => this.on.write((text) => rewritten(text, classes, { applicant: one.code }));
      this.#chips.set(one.code, el("button", { class: "guide__choice", type: "button", "data-class": one.code, onclick: does }, el("kbd", { class: "kbd" }, one.key), one.zh));
    }
    const more = el("button", { class: "guide__choice", type: "button", "data-does": "copy", onclick: () => this.on.write((text) => `${text}+`) }, el("kbd", { class: "kbd" }, "+"), "一份");
    this.#parts.classes.replaceChildren(...this.#chips.values(), ...(most > 1 ? [more, this.#copies] : []));
    for (const mark of MARKS) {
      const does = () => this.on.write((text) => rewritten(text, classes, { marks: toggled(readRush(text, classes).marks, mark.code) }));
      this.#marks.set(mark.code, el("button", { class: "guide__choice", type: "button", "data-mark": mark.code, onclick: does }, el("kbd", { class: "kbd" }, mark.key), mark.zh));
    }
    this.#parts.marks.replaceChildren(...this.#marks.values());
  }
}

/** What is begun, above the list. */
export function rushMode({ target, same }) {
  const number = (job) => job.slip?.number ?? "上一张";
  if (target) return `为 ${number(target)} 改签：按字母或查事项，Enter 确定`;
  return same ? `同一人再办一项（接 ${number(same)}）` : "";
}

/** The right-hand side: what was said, what is under way, the last number with its papers. */
export function rushPanel({ note, jobs, last }, offline) {
  const asking = jobs.find((job) => job.asking);
  const more = jobs.length - (asking ? 1 : 0);
  return [
    offline,
    note ? banner(note.kind, note.zh) : null,
    asking?.tries ? banner("warn", `没有答复，再问「${asking.label}」，不会重复`, more ? `后面还有 ${more} 项，按先后办。` : "") : null,
    ...(last ? lastSlip(last) : [el("h2", {}, bi("高峰模式", "Rush mode")), help()]),
  ].filter(Boolean);
}

function lastSlip({ ticket, print }) {
  const failed = print && !print.good;
  const papers = ticket.purpose === "handle" ? ticket.papers : [];
  return [
    el("div", { class: "guide__issued" }, el("strong", { class: "guide__number", "data-number": ticket.number }, ticket.number), el("span", {}, ticket.offline ? offlineMark() : null, ticket.priority ? flag("priority") : null, marksText(ticket.marks), ticket.copies > 1 ? ` ${ticket.copies + ticket.left} 份` : null)),
    ticket.left ? el("p", { class: "guide__sub" }, `一轮最多办 ${ticket.copies} 份；办完一轮，本号排到队尾`) : null,
    failed ? banner("error", `请手写 ${ticket.number}`, print.zh) : el("p", { class: "guide__printed", role: "status" }, print ? `✓ ${print.zh}` : "正在打印小票…"),
    el("h2", {}, bi(ticket.matter_zh ?? ticket.group_zh, ticket.matter_en ?? ticket.group_en)),
    el(
      "div",
      { class: "guide__facts" },
      el("span", { class: "guide__windows" }, ...windowWords(ticket.windows).map((word) => windowChip(word, ticket.open)), el("span", { class: "guide__sub" }, ticket.open ? "号窗" : "号窗（未开）")),
      ...place(ticket),
    ),
    papers.length ? el("div", {}, el("p", { class: "guide__sub" }, `请备好材料（${papers.length} 项）`), el("ul", { class: "papers" }, ...papers.map((name, index) => el("li", { class: "papers__item" }, el("span", { class: "papers__no" }, index + 1), el("span", { class: "papers__name" }, name))))) : null,
  ];
}

const help = () =>
  keyList([
    ["Q Enter", "业务组字母，回车出票，不再预览", "A group's letter, Enter: the slip, no preview"],
    ["1Q", "先按类别键，再按字母：优先；8Q 听障，9Q 陪同", "The class's key first: priority; 8Q deaf, 9Q accompanied"],
    ["Q++", "三份；Q*10 十份，一轮三份，办完一轮排到队尾", "Three copies; Q*10 ten, three a turn, the rest from the back of the line"],
    ["sfz", "拼音首字母、俗称、名称也行：回车取第一项", "Initials or name: Enter takes the first"],
    ["Q031", "输入号码，或扫小票：找号、回队、取消", "A number, or a slip scanned: find, return, cancel"],
    ["Ctrl+Z", "空框时：作废本台上一张（没叫过的）", "Field empty: void this desk's last slip, not yet called"],
    ["Esc", "清空，放弃改签，放弃还没发出的", "Empty the field, give up the reroute or what is not sent"],
    ["F2", "回到平时模式", "Back to the usual mode"],
  ]);
