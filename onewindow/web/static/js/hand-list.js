/**
 * The list to call by (叫号清单), kept in a page of the staff for when the server is away: the last one that came, with its
 * time, can be looked at and printed from here. While the server answers, the link opens the list's own page.
 */
import { bi, el } from "./dom.js";

/** Chance is added against a rush of pages. */
const EVERY_MS = 30000;
const PATIENCE_MS = 8000;
const PLACE = "/by-hand";

let kept = null;
let away = false;

async function fresh() {
  const cut = new AbortController();
  const timer = setTimeout(() => cut.abort(), PATIENCE_MS);
  try {
    const answer = await fetch(PLACE, { credentials: "same-origin", cache: "no-store", redirect: "error", signal: cut.signal });
    if (!answer.ok) throw new Error(String(answer.status));
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    kept = document.adoptNode(page.querySelector('[data-part="list"]'));
    away = false;
  } catch {
    away = true;
  } finally {
    clearTimeout(timer);
    setTimeout(fresh, EVERY_MS * (0.75 + Math.random() / 2));
  }
}

/** The time that the kept list shows, or an empty text. */
const timeOf = () => kept?.querySelector('[data-cell="at"]')?.textContent ?? "";

function show() {
  document.querySelector(".hand-kept")?.remove();
  const said = kept ? `服务器没有回应。这是 ${timeOf()} 的清单，可以打印使用。` : "服务器没有回应，本页还没有收到过清单。请用「顺序条」手写。";
  const en = kept ? `The server doesn't answer; this is the list as of ${timeOf()}.` : "The server doesn't answer, and no list has come yet.";
  const button = (zh, name, kind, does) => el("button", { class: `button button--${kind}`, type: "button", onclick: does }, bi(zh, name));
  const dialog = el(
    "dialog",
    { class: "hand-kept", "aria-label": "叫号清单" },
    el("div", { class: "hand-kept__head" }, el("p", { role: "alert" }, bi(said, en)), kept ? button("打印", "Print", "primary", () => paper()) : null, button("关闭", "Close", "quiet", () => dialog.close())),
    el("div", { class: "hand" }, kept?.cloneNode(true)),
  );
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}

function paper() {
  document.documentElement.dataset.printing = "hand";
  try {
    window.print();
  } finally {
    delete document.documentElement.dataset.printing;
  }
}

document.addEventListener("click", (event) => {
  const link = event.target instanceof Element ? event.target.closest(`a[href="${PLACE}"]`) : null;
  const live = document.documentElement.dataset.connection === "live";
  if (!link || (!away && live)) return;
  event.preventDefault();
  show();
});

fresh();
