/**
 * The console's dialogs (对话框): choose a reason by its digit, write one, or find where to. Each returns a promise of
 * what was chosen, null when it was closed. Esc closes, as in every <dialog>.
 */
import { el, setText } from "./dom.js";

const MOST = 60;

/**
 * Opens a dialog and resolves with what `done(value)` is given, or null.
 *
 * @param {string} name
 * @param {string} lead the sentence under its title
 * @param {(dialog: HTMLDialogElement, on: Function, done: (value: any) => void) => (HTMLElement | void)} [wire] what `on`
 *   listens to ends with the dialog; the field that it returns has the focus at first
 * @returns {Promise<any>}
 */
export function open(name, lead, wire) {
  const dialog = document.querySelector(`[data-dialog="${name}"]`);
  setText(dialog, "lead", lead);
  const off = new AbortController();
  return new Promise((resolve) => {
    let chosen = null;
    const done = (value) => {
      chosen = value;
      dialog.close();
    };
    const on = (target, type, act) => target.addEventListener(type, act, { signal: off.signal });
    on(dialog, "close", () => {
      off.abort();
      resolve(chosen);
    });
    // The form's own way of closing must never count as a choice.
    on(dialog.querySelector("form"), "submit", (event) => event.preventDefault());
    for (const button of dialog.querySelectorAll("[data-close]")) on(button, "click", () => dialog.close());
    const field = wire?.(dialog, on, done);
    dialog.showModal();
    // At once: an Enter that comes before the field has the focus would press the button that closes the dialog.
    field?.focus();
  });
}

/** One of a list of reasons: resolves with its code. */
export function chooseReason(name, lead) {
  return open(name, lead, (dialog, on, done) => {
    on(dialog, "click", (event) => {
      const button = event.target.closest("[data-value]");
      if (button) done(button.dataset.value);
    });
    on(dialog, "keydown", (event) => {
      const found = dialog.querySelector(`[data-digit="${CSS.escape(event.key)}"]`);
      if (!found || event.repeat || event.ctrlKey || event.altKey || event.metaKey) return;
      event.preventDefault();
      done(found.dataset.value);
    });
  });
}

/**
 * What to do with a window that can't be closed: resolves with "pause", "help", "anyway" or "into 09".
 *
 * @param {{zh: string, en: string}} why
 * @param {{no: string, zh: string}[]} heirs open windows that could take its people over, for a supervisor
 */
export function chooseInstead(why, heirs) {
  const rows = heirs.map((heir) =>
    el("li", {}, el("button", { type: "button", class: "button button--quiet dialog__reason", "data-value": `into ${heir.no}` }, `${heir.no} 号窗口 `, el("span", { class: "quiet" }, heir.zh))),
  );
  const dialog = document.querySelector('[data-dialog="strand"]');
  dialog.querySelector('[data-part="heirs"]')?.replaceChildren(...(rows.length ? rows : [el("li", { class: "quiet" }, "没有。请先开一个。")]));
  setText(dialog, "en", why.en);
  return chooseReason("strand", why.zh);
}

/** A written reason or name, not empty: resolves with the text. */
export function writeText(name, lead, start = "") {
  return open(name, lead, (dialog, on, done) => {
    const field = dialog.querySelector('[data-cell="reason"]');
    field.value = start;
    const finish = () => {
      const text = field.value.trim();
      if (text) done(text);
      else field.focus();
    };
    on(dialog.querySelector("form"), "submit", finish);
    for (const button of dialog.querySelectorAll("[data-fill]")) {
      on(button, "click", () => {
        field.value = button.dataset.fill;
        field.focus();
      });
    }
    return field;
  });
}

/**
 * Words for the visitor: resolves with {text, also}, `also` the name of another button than the submitting one. Enter
 * submits, Shift+Enter makes a new line.
 */
export function writeWords(lead, start) {
  return open("write", lead, (dialog, on, done) => {
    const field = dialog.querySelector("textarea");
    field.value = start;
    const finish = (also) => {
      const text = field.value.trim();
      if (text) done({ text, also });
      else field.focus();
    };
    on(dialog.querySelector("form"), "submit", () => finish(""));
    on(field, "keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      finish("");
    });
    for (const button of dialog.querySelectorAll("[data-also]")) on(button, "click", () => finish(button.dataset.also));
    for (const button of dialog.querySelectorAll("[data-fill]")) {
      on(button, "click", () => {
        field.value = button.dataset.fill;
        field.focus();
      });
    }
    return field;
  });
}

/** Yes: resolves with true. */
export function confirm(name, lead) {
  return open(name, lead, (dialog, on, done) => on(dialog.querySelector("form"), "submit", () => done(true)));
}

/** Only to read. */
export function show(name) {
  return open(name, "");
}

/**
 * Something of a list, found by typing: resolves with {kind, code, note, replace}.
 *
 * @param {string} name
 * @param {string} lead
 * @param {{rows?: HTMLElement[], only?: Set<string>|null, unasked: (row: HTMLElement) => boolean, replace?: boolean}} options
 *   rows go first; only: codes of matters that may be shown; unasked: rows that stand there before anything is typed
 */
export function pick(name, lead, { rows = [], only = null, unasked, replace = false }) {
  return open(name, lead, (dialog, on, done) => {
    const list = dialog.querySelector(".options");
    const search = dialog.querySelector('[data-cell="search"]');
    for (const old of list.querySelectorAll("[data-extra]")) old.remove();
    list.prepend(...rows);
    search.value = "";
    const box = dialog.querySelector('[data-part="replace"]');
    if (box) box.hidden = !replace;
    for (const field of dialog.querySelectorAll('[data-cell="note"], [data-cell="replace"]')) {
      field.value = "";
      field.checked = false;
    }
    const choose = (row) =>
      done({
        kind: row.dataset.kind,
        code: row.dataset.code,
        note: dialog.querySelector('[data-cell="note"]')?.value.trim() ?? "",
        replace: dialog.querySelector('[data-cell="replace"]')?.checked ?? false,
      });
    const look = () => narrow(list, search.value, only, unasked);
    on(search, "input", look);
    on(list, "click", (event) => {
      const row = event.target.closest(".options__row");
      if (row) choose(row);
    });
    on(dialog, "keydown", (event) => {
      if (event.isComposing || event.target.closest("button")) return;
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        move(list, event.key === "ArrowDown" ? 1 : -1);
      } else if (event.key === "Enter") {
        event.preventDefault();
        const row = list.querySelector('[aria-selected="true"]');
        if (row) choose(row);
      }
    });
    look();
    return search;
  });
}

/** A row for a window to which a ticket could go. */
export function windowRow(place) {
  const state = { open: place.busy ? "办理中" : "空闲", paused: "暂停", closed: "未开" }[place.phase];
  return el(
    "li",
    { class: "options__row", role: "option", "data-extra": true, "data-kind": "window", "data-code": place.no, "data-find": `${place.no} ${Number(place.no)} ${place.zh}`.toLowerCase() },
    el("span", { class: "options__main" }, `${place.no} 号窗口 `, el("span", { class: "quiet" }, place.zh)),
    el("span", { class: "options__meta" }, `${state} · ${place.waiting} 人在等`),
  );
}

function narrow(list, typed, only, unasked) {
  const words = typed.trim().toLowerCase().split(/\s+/).filter(Boolean);
  let shown = 0;
  let first = null;
  for (const row of list.children) {
    const allowed = only === null || row.dataset.kind !== "matter" || only.has(row.dataset.code);
    const fits = words.length ? words.every((word) => row.dataset.find.includes(word)) : unasked(row);
    row.hidden = !(allowed && fits && shown < MOST);
    row.setAttribute("aria-selected", "false");
    if (row.hidden) continue;
    shown += 1;
    first ??= row;
  }
  first?.setAttribute("aria-selected", "true");
  list.classList.toggle("options--none", shown === 0);
  list.scrollTop = 0;
}

function move(list, by) {
  const rows = [...list.children].filter((row) => !row.hidden);
  if (!rows.length) return;
  const at = rows.findIndex((row) => row.getAttribute("aria-selected") === "true");
  const next = rows[Math.min(rows.length - 1, Math.max(0, at + by))];
  for (const row of rows) row.setAttribute("aria-selected", String(row === next));
  next.scrollIntoView({ block: "nearest" });
}
