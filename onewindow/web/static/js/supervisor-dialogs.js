/**
 * The supervisor's dialogs (主任的对话框): each resolves with what was chosen, null when it was closed. What they do
 * is the page's business; only the groups' list acts while it is open.
 */
import { open } from "./console-dialogs.js";
import { ageText, el, setText, waitText } from "./dom.js";

const find = (root, name) => root.querySelector(`[data-part="${name}"]`);
const submits = (dialog) => dialog.querySelector("[data-submit]");

/** Why service is suspended: resolves with {reason, note}. */
export function askSuspension(waiting) {
  return open("suspend", `现在有 ${waiting} 位在等。暂停后屏幕、广播和手机都会说明，恢复后按原来的次序继续。`, (dialog, on, done) => {
    const note = dialog.querySelector('[data-cell="note"]');
    note.value = "";
    on(dialog.querySelector("form"), "submit", () => done({ reason: dialog.querySelector('[name="reason"]:checked').value, note: note.value.trim() }));
    return dialog.querySelector('[name="reason"]:checked');
  });
}

/** Which windows will be opened: resolves with true. @param {{no: string, clerk: string, phase: string, since_ms: number}[]} present */
export function askOpening(present, now) {
  const closed = present.filter((one) => one.phase === "closed");
  const lead = present.length ? `已登录 ${present.length} 个窗口，其中 ${closed.length} 个还没有开。没有人登录的窗口不开。` : "还没有窗口人员登录。请窗口人员先登录并选窗口；也可以点平面图上的窗口单独开。";
  return open("open-all", lead, (dialog, on, done) => {
    find(dialog, "present").replaceChildren(
      ...present.map((one) =>
        el("li", { class: "present__one", "data-phase": one.phase, "data-no": one.no }, el("strong", {}, one.no), el("span", { class: "present__clerk" }, one.clerk), el("span", { class: "quiet" }, { closed: `登录 ${ageText((now - one.since_ms) / 1000).zh}`, open: "已开", paused: "暂停中，不动" }[one.phase])),
      ),
    );
    const button = submits(dialog);
    button.hidden = !closed.length;
    setText(button, null, `开这 ${closed.length} 个窗口`);
    on(dialog.querySelector("form"), "submit", () => closed.length && done(true));
    return button.hidden ? undefined : button;
  });
}

/**
 * Who would have no window, and what to do: resolves with {way: "into" | "pause" | "anyway", into}.
 *
 * @param {object} found of GET /api/supervisor/windows/{no}/stranded
 * @param {{title: string, into: string, pause?: boolean, anyway?: string}} words what the buttons say; without one its button is left out
 */
export function askHeir(found, words) {
  const count = found.tickets.length;
  const lead = count ? `${found.window} 号窗口${words.title}，会有 ${count} 位没有窗口可办。请选一个窗口接办：他们的事项一起过去，次序不变。` : `等候的人别的窗口都能办。选了接办的窗口，屏幕和广播就告诉大家到哪里。`;
  return open("strand", lead, (dialog, on, done) => {
    const own = found.own.map((ticket) => ticketRow(ticket, "留在本窗的号"));
    setText(dialog, "left", count + own.length ? `受影响的号（${count + own.length}）` : "");
    find(dialog, "left-behind").hidden = !(count + own.length);
    find(dialog, "stranded").replaceChildren(...found.tickets.map((ticket) => ticketRow(ticket, "")), ...own);
    const heirs = find(dialog, "heirs");
    heirs.querySelectorAll(".heir, p").forEach((old) => old.remove());
    heirs.append(...(found.heirs.length ? found.heirs.map((heir, at) => heirRow(heir, at === 0, count)) : [el("p", { class: "quiet" }, "本区没有别的窗口开着：请先开一个，再来并窗。")]));
    const button = submits(dialog);
    button.hidden = !found.heirs.length;
    const named = () => setText(button, null, words.into.replace("{no}", heirs.querySelector(":checked")?.value ?? ""));
    named();
    on(heirs, "change", named);
    const pause = dialog.querySelector('[data-way="pause"]');
    const anyway = dialog.querySelector('[data-way="anyway"]');
    pause.hidden = !words.pause;
    anyway.hidden = !words.anyway;
    setText(anyway, null, words.anyway ?? "");
    on(pause, "click", () => done({ way: "pause" }));
    on(anyway, "click", () => done({ way: "anyway" }));
    on(dialog.querySelector("form"), "submit", () => found.heirs.length && done({ way: "into", into: heirs.querySelector(":checked").value }));
    return heirs.querySelector(":checked") ?? undefined;
  });
}

function ticketRow(ticket, more) {
  return el("li", { class: "strand__one" }, el("span", { class: "number number--s" }, ticket.number), el("span", {}, ticket.what_zh, el("span", { class: "quiet" }, ` · ${ticket.state_zh}${more ? ` · ${more}` : ""}`)));
}

function heirRow(heir, first, count) {
  const takes = count ? (heir.takes === count ? "事项都能办" : heir.takes ? `已能办其中 ${heir.takes} 位` : "接办后加上这些事项") : "";
  const what = [heir.zh, heir.clerk, heir.busy ? "办理中" : "空闲", `${heir.waiting} 人在等`, takes].filter(Boolean).join(" · ");
  return el("label", { class: "choice heir" }, el("input", { class: "choice__input", type: "radio", name: "heir", value: heir.no, checked: first }), el("span", {}, el("strong", {}, `${heir.no} 号 `), el("span", { class: "quiet" }, what)));
}

/**
 * The matters that a window serves: resolves with their codes.
 *
 * @param {{code: string, zh: string, initials: string, zone: string}[]} matters those of its zone, and those that it serves
 * @param {Set<string>} served
 */
export function askMatters(no, matters, served) {
  return open("matters", `${no} 号窗口办哪些事项。有人在等的事项去掉时，会请您选接办的窗口。`, (dialog, on, done) => {
    const list = find(dialog, "matters");
    const rows = [...matters].sort((a, b) => served.has(b.code) - served.has(a.code) || (a.code < b.code ? -1 : 1));
    list.replaceChildren(
      ...rows.map((matter) =>
        el("li", { "data-find": `${matter.zh} ${matter.code} ${matter.initials}`.toLowerCase() }, el("label", { class: "choice" }, el("input", { type: "checkbox", class: "papers__tick", value: matter.code, checked: served.has(matter.code) }), el("span", {}, matter.zh, el("span", { class: "quiet nowrap" }, ` ${matter.code}`)))),
      ),
    );
    const search = dialog.querySelector('[data-cell="search"]');
    search.value = "";
    on(search, "input", () => {
      const words = search.value.trim().toLowerCase().split(/\s+/);
      for (const row of list.children) row.hidden = !words.every((word) => row.dataset.find.includes(word));
    });
    on(dialog.querySelector("form"), "submit", () => done(Array.from(list.querySelectorAll(":checked"), (box) => box.value)));
    return search;
  });
}

const ENDS_ZH = { set: "到点停", forecast: "预计", stopped: "已停", unknown: "没有窗口开着" };

/** The groups' intake, one row each with its button; drawn anew while the dialog is open. */
export function drawGroups(node, view, usable) {
  const row = (group) =>
    el(
      "tr",
      { "data-group": group.letter, "data-hue": group.hue, "data-ends": group.ends },
      el("th", { scope: "row" }, el("span", { class: "groups__letter" }, group.letter), group.zh),
      el("td", { class: "table__figure" }, group.waiting),
      el("td", { class: "table__figure" }, group.open),
      el("td", {}, group.open ? waitText(group.wait).zh : "—"),
      el("td", {}, el("strong", {}, ends(group)), group.last ? el("span", { class: "quiet" }, ` 末号 ${group.last}`) : null),
      el("td", { class: "table__figure" }, view.intake ? el("button", { type: "button", class: "button button--quiet", "data-group-do": group.ends === "stopped" ? "resume" : "stop", "data-letter": group.letter, disabled: !usable }, group.ends === "stopped" ? "恢复取号" : "停止取号") : null),
    );
  const heads = ["业务组", "等候", "开窗", "新来的等", "末号时间", ""].map((text, at) => el("th", { scope: "col", class: at === 1 || at === 2 ? "table__figure" : null }, text));
  node.replaceChildren(el("table", { class: "table" }, el("thead", {}, el("tr", {}, heads)), el("tbody", {}, view.groups.map(row))));
}

function ends(group) {
  if (group.ends === "stopped") return group.at ? `${group.at} 已停（${group.why === "forecast" ? "按预计" : "人工"}）` : "已停（全厅）";
  if (group.ends === "unknown") return ENDS_ZH.unknown;
  return group.ends === "forecast" ? `约 ${group.at}（排到下班）` : `${group.at} ${ENDS_ZH.set}`;
}
