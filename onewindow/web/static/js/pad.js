/** A window's five buttons (窗口小屏): the console's own machinery under fewer and larger buttons. */
import "./connection.js";
import { Chime } from "./chime.js";
import { Commands, FRESH_MS } from "./console-commands.js";
import { command as post } from "./api.js";
import { chooseReason, writeWords } from "./console-dialogs.js";
import { phaseFlag, phaseWord } from "./console-model.js";
import { FLAGS, setNumber, setText } from "./dom.js";
import { Live } from "./live.js";
import { aboutText, arrived, five, heedText, onwardText, wordFor } from "./pad-model.js";
import { Slate } from "./slate.js";

/** A second tap on the same button within this time is a slip of the finger. */
const DEAD_MS = 1500;
const SAID_MS = 6000;
/** So long stands where a visitor goes on: a clerk says it to the visitor. */
const ONWARD_MS = 20000;

const set = document.querySelector("script[data-window]").dataset;
const NO = set.window;
const API = `/api/windows/${NO}`;
const RULES = { noShowRecalls: Number(set.noShowRecalls), recallLimit: Number(set.recallLimit) };
const button = (name) => document.querySelector(`[data-action="${name}"]`);
const notice = (name) => document.querySelector(`[data-notice="${name}"]`);
const connection = document.querySelector("ow-connection");
const chime = new Chime();
const slate = new Slate(document.querySelector('[data-dialog="slate"]'));
const deadUntil = new Map();

let state = null;
let offset = 0;
let saidTimer = 0;

const down = () => live.link === "down" || live.link === "signed-out" || connection.state === "stale";
const usable = () => state !== null && live.link === "up" && !down() && !commands.busy && commands.pending === null;
const offered = () => (state === null ? {} : five(state, Date.now() + offset, RULES));

const live = new Live({
  path: API,
  signal: [`/ws/zones/${set.zone}`, `/ws/windows/${NO}/staff`],
  heard: (ago) => connection.heard(ago),
  onState: (fresh, difference) => {
    const somebody = arrived(state, fresh);
    const goesOn = onwardText(fresh.onward);
    const news = goesOn && goesOn !== onwardText(state?.onward ?? null);
    // Words that were written anew turn the pad into the visitor's; the clerk puts them away.
    const words = fresh.written && fresh.written !== state?.written;
    state = fresh;
    offset = difference;
    if (somebody) greet();
    if (news) say("onward", goesOn, "", ONWARD_MS);
    if (words) slate.show(fresh.written);
    slate.follow(fresh.written);
    draw();
  },
  onLink: (link) => {
    if (link === "up") commands.resume();
    draw();
  },
});
const commands = new Commands({
  store: `ow-pad-pending-${NO}`,
  who: set.who,
  onChange: () => draw(),
  refresh: () => live.refresh(),
  say,
});

/** Somebody has come to the idle window: a soft chime, and the pad flashes until it is touched or there is a ticket. */
function greet() {
  chime.ring();
  document.body.classList.add("pad--arrived");
}

function draw() {
  drawNotices();
  drawButtons();
  if (state === null) return;
  const flag = phaseFlag(state);
  if (flag !== "idle" || !state.waiting_count) document.body.classList.remove("pad--arrived");
  document.body.dataset.phase = flag;
  setNumber(document, state.current?.number ?? wordFor(state, FLAGS));
  document.querySelector(".pad__number").classList.toggle("pad__number--word", state.current === null);
  setText(document, "what", aboutText(state));
  setText(document, "heed", heedText(state));
  setText(document, "count", state.waiting_count);
  const { zh, phase } = phaseWord(state, FLAGS);
  setText(document, "phase", zh);
  document.querySelector('[data-cell="phase"]').dataset.phase = phase;
  document.title = `${state.current ? `${state.current.number} · ` : ""}${NO} 号窗口（${state.waiting_count}）`;
}

function drawButtons() {
  const can = usable();
  const now = Date.now();
  for (const [name, { on, zh, sub }] of Object.entries(offered())) {
    const node = button(name);
    const dead = now < (deadUntil.get(name) ?? 0);
    node.toggleAttribute("data-dead", dead);
    // The big one keeps its place for a finger that is on its way: it is dim rather than dead to the reader.
    if (name === "primary") node.setAttribute("aria-disabled", String(!can || dead || !on));
    else node.disabled = !can || dead || !on;
    setText(node, "zh", zh);
    setText(node, "sub", sub);
  }
  const step = offered().primary;
  button("primary").classList.toggle("button--call", step?.call ?? false);
  button("primary").classList.toggle("button--primary", !(step?.call ?? false));
  button("primary").setAttribute("aria-busy", String(commands.busy));
  button("retry").disabled = commands.busy;
  const write = button("write");
  write.hidden = !state?.current;
  write.disabled = !can;
  setText(write, null, state?.written ? "改写" : "写字");
  setText(document, "chime", chime.on ? "有声" : "静音");
  button("chime").setAttribute("aria-pressed", String(chime.on));
}

function drawNotices() {
  const cut = down();
  const out = live.link === "signed-out";
  const lost = commands.pending !== null && commands.lost;
  document.body.classList.toggle("pad--down", cut);
  notice("down").hidden = !cut;
  notice("cut").hidden = !cut;
  setText(notice("down"), "title", out ? "登录已失效：请重新登录" : "已断开：不要叫号，已叫的号继续办理");
  notice("down").querySelector('[data-cell="sign-in"]').hidden = !out;
  notice("pending").hidden = !lost;
  button("primary").hidden = lost;
  if (!lost) return;
  const old = Date.now() - commands.pending.at >= FRESH_MS;
  setText(notice("pending"), "title", `“${commands.pending.zh}”还没有答复。`);
  setText(notice("pending"), "text", old ? "请先看现在的状态，再决定。" : "连上后会自动再问，不会重复办理。");
}

function say(kind, zh, todo = "", milliseconds = SAID_MS) {
  const box = notice("said");
  box.dataset.kind = kind;
  setText(box, "title", zh);
  setText(box, "text", todo);
  showSaid(true);
  clearTimeout(saidTimer);
  saidTimer = setTimeout(() => showSaid(false), milliseconds);
}

function showSaid(on) {
  notice("said").hidden = !on;
  document.body.classList.toggle("pad--saying", on);
}

async function press(name) {
  const act = offered()[name];
  if (!usable() || !act?.on || Date.now() < (deadUntil.get(name) ?? 0)) return;
  deadUntil.set(name, Date.now() + DEAD_MS);
  setTimeout(draw, DEAD_MS + 20);
  let body = act.body;
  if (act.asks) {
    const ticket = state.current;
    const reason = await chooseReason("pause", ticket ? `办完 ${ticket.number} 后自动暂停。` : "现在就暂停，不再叫号。");
    if (!reason) return;
    body = { reason, after_current: Boolean(ticket) };
  }
  showSaid(false);
  const answer = await commands.send(`${API}/${act.path}`, body, act.zh);
  if (answer && act.call && answer.ticket === null) say("info", "暂无人等候", "有人取号时会响一声。");
}

/** Words for the visitor, who then has the screen; no command of the day, so that it leaves no trace. */
async function write(text) {
  try {
    await post(`${API}/write`, { text });
    await live.refresh();
  } catch (problem) {
    say("error", problem.zh, problem.todoZh);
  }
}

const LOCAL = {
  async write() {
    if (!usable() || !state.current) return;
    const words = await writeWords(`${state.current.number} 的来宾看到的字尽量大。`, state.written);
    if (words) await write(words.text);
    // The same words as before are no news.
    if (words) slate.show(state.written);
  },
  rewrite() {
    slate.hide();
    LOCAL.write();
  },
  wipe: () => write(""),
  chime() {
    chime.on = !chime.on;
    draw();
  },
  retry: () => commands.retry(),
  drop: () => commands.drop(),
};

document.addEventListener("pointerdown", () => document.body.classList.remove("pad--arrived"));
document.addEventListener("click", (event) => {
  const name = event.target.closest("[data-action]")?.dataset.action;
  if (name) (LOCAL[name] ?? (() => press(name)))();
});
document.addEventListener("ow-connection", () => draw());
setInterval(drawButtons, 500);
live.start();
