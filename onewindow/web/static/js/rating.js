/** The evaluation device at a window (评价器), template rating/device.html. One rating a service, by whoever stands there. */
import { command, Problem } from "./api.js";
import "./connection.js";
import { setText } from "./dom.js";
import { Live } from "./live.js";
import { Slate } from "./slate.js";

const NO = document.querySelector("script[data-window]").dataset.window;
/** How long thanks, or a refusal, stand. */
const SAID_MS = 4000;
/** A choice that is not finished is given up, so that the next visitor finds the device at rest. */
const IDLE_MS = 30000;
const LOW = 2;
const WORDS = {
  called: ["请到本窗口", "Please come to this window"],
  serving: ["正在为您办理", "Now serving"],
  open: ["空闲", "Free"],
  paused: ["暂停服务", "Paused"],
  closed: ["未开放", "Closed"],
};

const views = new Map(Array.from(document.querySelectorAll("[data-view]"), (node) => [node.dataset.view, node]));
const slate = new Slate(document.querySelector('[data-dialog="slate"]'));
const connection = document.querySelector("ow-connection");

/** @type {any} */ let state = null;
let offset = 0;
/** What is being rated now; kept while the visitor chooses, whatever the server says meanwhile. */
let asked = null;
let grade = 0;
let sending = false;
let saidUntil = 0;
let touchedAt = 0;
/** Services that were rated here or refused: never asked for again. */
const done = new Set();

const live = new Live({
  path: `/api/windows/${NO}/device`,
  signal: [`/ws/windows/${NO}`, `/ws/windows/${NO}/staff`],
  heard: (ago) => connection.heard(ago),
  onState: (fresh, difference) => {
    state = fresh;
    offset = difference;
    if (fresh.written) slate.show(fresh.written);
    else slate.follow("");
    draw();
  },
  onLink: () => draw(),
});

function show(name) {
  for (const [key, node] of views) node.hidden = key !== name;
}

function draw() {
  const now = Date.now();
  if (now < saidUntil) return;
  if (asked && grade && now - touchedAt > IDLE_MS) forget();
  if (!(asked && grade)) asked = offered(now);
  if (asked && grade) show("why");
  else if (asked) {
    setText(document, "ask-number", asked.number);
    show("ask");
  } else rest();
}

/** The service that the server offers to be rated, unless it was rated here or its time is over. */
function offered(now) {
  const rate = state?.rate;
  if (!rate || done.has(rate.ticket) || live.link !== "up" || now + offset > rate.until_ms) return null;
  return rate;
}

function rest() {
  show("now");
  if (state === null) return;
  const number = views.get("now").querySelector('[data-cell="number"]');
  number.toggleAttribute("data-rest", !state.now);
  setText(number, null, state.now ?? `${NO} 号窗口`);
  const [zh, en] = WORDS[state.now ? state.state : state.phase] ?? ["", ""];
  setText(document, "word", zh);
  setText(document, "word-en", en);
  setText(document, "clerk", state.clerk);
  document.querySelector('[data-cell="clerk-label"]').hidden = !state.clerk;
}

function forget() {
  asked = null;
  grade = 0;
  for (const button of document.querySelectorAll("[data-reason]")) button.setAttribute("aria-pressed", "false");
}

async function send() {
  if (!asked || sending) return;
  sending = true;
  const ticket = asked.ticket;
  const chosen = Array.from(document.querySelectorAll('[data-reason][aria-pressed="true"]'), (node) => node.dataset.reason);
  try {
    await command(`/api/tickets/${ticket}/rating`, { grade, reasons: chosen });
    done.add(ticket);
    say("谢谢您的评价", "Thank you");
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    if (error.status) done.add(ticket);
    say(error.status ? error.zh : "没有连上，请稍后再评", error.status ? error.en : "No connection; please try again later");
  } finally {
    sending = false;
    forget();
  }
}

function say(zh, en) {
  setText(document, "said", zh);
  setText(document, "said-en", en);
  saidUntil = Date.now() + SAID_MS;
  show("said");
  setTimeout(draw, SAID_MS + 20);
}

document.addEventListener("click", (event) => {
  touchedAt = Date.now();
  const target = /** @type {HTMLElement} */ (event.target).closest("button");
  if (!target || sending) return;
  if (target.dataset.grade) {
    grade = Number(target.dataset.grade);
    if (grade <= LOW) show("why");
    else send();
  } else if (target.dataset.reason) {
    target.setAttribute("aria-pressed", String(target.getAttribute("aria-pressed") !== "true"));
  } else if (target.dataset.action === "send") send();
  else if (target.dataset.action === "back") {
    grade = 0;
    draw();
  }
});
setInterval(draw, 1000);
live.start();
