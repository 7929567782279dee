/** The clerk's console (窗口操作台): puts the parts together. The parts: live, commands, model, view, dialogs, keys. */
import "./connection.js";
import { command as post } from "./api.js";
import { Chime } from "./chime.js";
import { Commands, FRESH_MS } from "./console-commands.js";
import { chooseInstead, chooseReason, confirm, pick, show, windowRow, writeText, writeWords } from "./console-dialogs.js";
import { listen } from "./console-keys.js";
import { Live } from "./live.js";
import { actions, phaseWord, primary as nextStep, undoNeedsReason } from "./console-model.js";
import { drawService, drawStopped } from "./console-service.js";
import { drawCard, drawHeld, drawQueue, tick, walk } from "./console-view.js";
import { FLAGS, setText } from "./dom.js";
import { say, unsay } from "./said.js";
import { Slate } from "./slate.js";
import { Ticks } from "./console-ticks.js";

/** A second press of the big button within this time is a slip of the hand. */
const DEAD_MS = 1500;

const set = document.querySelector("script[data-window]").dataset;
const NO = set.window;
const API = `/api/windows/${NO}`;
const RULES = { noShowRecalls: Number(set.noShowRecalls), recallLimit: Number(set.recallLimit) };
const part = (name) => document.querySelector(`[data-part="${name}"]`);
const button = (name) => document.querySelector(`[data-action="${name}"]`);
const notice = (name) => document.querySelector(`[data-notice="${name}"]`);
const connection = document.querySelector("ow-connection");
const big = button("primary");
const slate = new Slate(document.querySelector('[data-dialog="slate"]'), () => big.focus({ preventScroll: true }));
const chime = new Chime();
const ticks = new Ticks();

let state = null;
let offset = 0;
let deadUntil = 0;
/** The word on where somebody goes on that has been read. */
let readOnward = "";

const now = () => Date.now() + offset;
const usable = () => state !== null && live.link === "up" && connection.state !== "stale" && !commands.busy && commands.pending === null;

const live = new Live({
  path: API,
  signal: [`/ws/zones/${set.zone}`, `/ws/windows/${NO}/staff`],
  heard: (ago) => connection.heard(ago),
  onState: (fresh, difference) => {
    const arrived = state !== null && idle(state) && idle(fresh) && !state.waiting_count && fresh.waiting_count > 0;
    state = fresh;
    offset = difference;
    if (arrived) chime.ring();
    draw();
  },
  onLink: (link) => {
    if (link === "up") commands.resume();
    draw();
  },
});
const commands = new Commands({
  store: `ow-pending-${NO}`,
  who: set.who,
  onChange: () => draw(),
  refresh: () => live.refresh(),
  say,
});

/** Whether somebody may be called to the window now. */
const callable = (one) => idle(one) && !one.suspended;
const idle = (one) => one.phase === "open" && one.current === null;

function draw() {
  drawNotices();
  drawButtons();
  if (state === null) return;
  drawCard(part("card"), state, ticks);
  drawQueue(part("queue"), state);
  drawHeld(part("held"), state);
  part("held-box").hidden = state.held.length === 0;
  for (const take of document.querySelectorAll("[data-take]")) take.disabled = !usable() || !callable(state);
  drawStopped(state);
  slate.follow(state.written);
  setText(document, "count", state.waiting_count);
  setText(document, "clerk", state.clerk || set.name);
  setText(document, "served", `今日 ${state.served} 件`);
  const { zh, phase } = phaseWord(state, FLAGS);
  setText(document, "phase", zh);
  document.querySelector('[data-cell="phase"]').dataset.phase = phase;
  document.title = `${state.current ? `${state.current.number} · ` : ""}${NO} 号窗口（${state.waiting_count}）`;
  beat();
}

function drawButtons() {
  const can = usable();
  const step = state === null ? null : nextStep(state);
  const dead = Date.now() < deadUntil;
  big.setAttribute("aria-disabled", String(!can || dead || !step?.path));
  big.toggleAttribute("data-dead", dead);
  big.setAttribute("aria-busy", String(commands.busy));
  big.classList.toggle("button--call", step?.call ?? false);
  big.classList.toggle("button--primary", !(step?.call ?? false));
  setText(big, "zh", step?.zh ?? "正在读取…");
  setText(big, "sub", step?.sub ?? "");
  const offered = state === null ? {} : actions(state, now(), RULES);
  for (const [name, { on, zh, sub }] of Object.entries(offered)) {
    const node = button(name);
    node.disabled = !can || !on;
    if (zh) setText(node, "zh", zh);
    setText(node, "sub", sub);
  }
  button("help").classList.toggle("button--danger", Boolean(state?.help));
  button("retry").disabled = commands.busy;
  setText(document, "chime", `提示音 ${chime.on ? "开" : "关"}`);
  button("chime").setAttribute("aria-pressed", String(chime.on));
}

function drawNotices() {
  const down = live.link === "down" || live.link === "signed-out" || connection.state === "stale";
  notice("down").hidden = !down;
  notice("cut").hidden = !down;
  document.body.classList.toggle("console--down", down);
  const out = live.link === "signed-out";
  notice("down").querySelector('[data-cell="sign-in"]').hidden = !out;
  setText(notice("down"), "title", out ? "登录已失效：请重新登录，已叫的号继续办理" : "已断开：不要叫号，已叫的号继续办理；恢复后自动接上");
  const lost = commands.pending !== null && (commands.lost || commands.busy);
  const old = lost && Date.now() - commands.pending.at >= FRESH_MS;
  notice("pending").hidden = !(lost && commands.lost);
  if (lost) {
    setText(notice("pending"), "title", `“${commands.pending.zh}”还没有答复`);
    setText(notice("pending"), "text", old ? "请先看现在的状态，再决定。" : "连上后会自动用同一个编号再问一次，不会重复办理。");
  }
  const other = set.role === "clerk" && state !== null && state.phase !== "closed" && state.clerk && state.clerk !== set.name;
  notice("takeover").hidden = !other || down;
  notice("unheard").hidden = down || !state?.unheard || state.current?.state !== "called";
  if (state !== null) drawService(state, now(), down, readOnward);
  if (other) setText(notice("takeover"), "title", `本窗口登记的是 ${state.clerk}，您登录的是 ${set.name}`);
}

/** Once in half a second: watches and the hall's clock, which stands nowhere while nobody tells it. */
function beat() {
  tick(document, now());
  setText(document, "clock", live.link === "up" ? state?.now_hhmm : "");
}

async function send(path, body, zh, shown = []) {
  unsay();
  const answer = await commands.send(`${API}/${path}`, body, zh, shown);
  big.focus({ preventScroll: true });
  return answer;
}

const ACTS = {
  async primary() {
    const step = nextStep(state);
    if (!step.path || Date.now() < deadUntil) return;
    deadUntil = Date.now() + DEAD_MS;
    setTimeout(draw, DEAD_MS + 20);
    const answer = await send(step.path, step.body, step.zh);
    if (answer && step.call && answer.ticket === null) say("info", "暂无人等候", "有人取号时会响一声。");
  },
  recall: () => send("recall", {}, "重呼"),
  "no-show"() {
    const { path = "no-show", body = {}, zh } = actions(state, now(), RULES)["no-show"];
    return send(path, body, zh);
  },
  finish: () => send("finish", {}, "办结"),
  async hold() {
    const reason = await chooseReason("hold", `${state.current.number} 留在本窗口，保留先后；回来后按“取回”。`);
    if (reason) await send("hold", { reason }, "挂起");
  },
  async pause() {
    if (state.pause_after) {
      await send("open", {}, "不暂停了");
      return;
    }
    const ticket = state.current;
    const reason = await chooseReason("pause", ticket ? `办完 ${ticket.number} 后自动暂停。` : "现在就暂停，不再叫号。");
    if (reason) await send("pause", { reason, after_current: Boolean(ticket) }, "暂停");
  },
  async transfer() {
    const ticket = state.current;
    const rows = ticket.elsewhere.map(windowRow);
    const to = await pick("transfer", `${ticket.number} 保留先后，不用重新取号。`, { rows, unasked: (row) => row.dataset.kind === "window" });
    if (to) await send("transfer", { [to.kind]: to.code, ...(to.note ? { note: to.note } : {}) }, "转窗");
  },
  async "add-matter"() {
    const ticket = state.current;
    const only = state.matters.length ? new Set(state.matters) : null;
    const to = await pick("add-matter", `${ticket.number} 在本窗口一并办，不用另取号。`, { only, unasked: (row) => row.dataset.kind === "matter", replace: ticket.matters.length > 0 });
    if (to) await send("add-matter", { matter: to.code, replace: to.replace }, to.replace ? "改事项" : "加办事项");
  },
  async undo() {
    const { zh, number } = state.undo;
    const reason = undoNeedsReason(state, now()) ? await writeText("undo", `撤销“${zh} ${number}”，已过半分钟，请写理由。`) : "";
    if (reason !== null) await send("undo", { reason }, `撤销${zh}`);
  },
  async handover() {
    const clerk = await writeText("handover", `${NO} 号窗口不关，号不动；接手人随后登录。`);
    if (!clerk || (await send("handover", { clerk }, "交接")) === null) return;
    await post("/api/sign-out").catch(() => {});
    location.assign(`/sign-in?next=/windows/${NO}`);
  },
  async close() {
    const held = state.held.length ? `挂起的 ${state.held.length} 个号过几分钟可由别的窗口办。` : "";
    const left = state.waiting_count && !state.others_open ? `还有 ${state.waiting_count} 人只等本窗口，没有别的窗口开着！` : "";
    if (!(await confirm("close", `${left}${held}` || "没有人只等本窗口。"))) return;
    const answer = await send("close", {}, "关窗", ["close_strands"]);
    if (answer === null && commands.refused?.code === "close_strands") await instead(commands.refused);
  },
  async write() {
    const { number } = state.current;
    const words = await writeWords(`${number} 的来宾在本窗口小屏上看到，字尽量大。`, state.written);
    if (!words) return;
    const done = await write(words.text);
    if (done && words.also === "slate") ACTS.slate();
  },
  wipe: () => write(""),
  slate: () => slate.show(state.written),
  help: () => send("help", { on: !state.help }, state.help ? "已到场" : "求助"),
  takeover: () => send("handover", { clerk: set.name }, "接手"),
};
/** What to do when the window can't be closed over the heads of those who wait. */
async function instead(why) {
  const chosen = await chooseInstead(why, state.heirs);
  if (chosen === "pause") await ACTS.pause();
  else if (chosen === "help" && !state.help) await send("help", { on: true }, "求助");
  else if (chosen === "anyway") await send("close", { anyway: true }, "关窗");
  else if (chosen?.startsWith("into ")) await send("merge", { into: chosen.slice(5) }, "并窗");
}

/** Words for the visitor; no command of the day, so that it leaves no trace. */
async function write(text) {
  try {
    await post(`${API}/write`, { text });
    await live.refresh();
    big.focus({ preventScroll: true });
    return true;
  } catch (problem) {
    say("error", problem.zh, problem.todoZh, problem.en);
    return false;
  }
}

/** What works without the server. */
const LOCAL = {
  keys: () => show("keys"),
  chime() {
    chime.on = !chime.on;
    draw();
  },
  retry: () => commands.retry(),
  drop: () => commands.drop(),
  "onward-done": () => { readOnward = JSON.stringify(state?.onward ?? null); draw(); },
};

function act(name) {
  if (LOCAL[name]) return LOCAL[name]();
  const offered = ALWAYS.has(name) || actions(state ?? EMPTY, now(), RULES)[name]?.on;
  return usable() && offered ? ACTS[name]() : undefined;
}
const ALWAYS = new Set(["primary", "takeover", "slate", "wipe"]);
const EMPTY = { current: null, phase: "closed", undo: null, pause_after: null, help: false, day: { phase: "before" } };

async function callOutOfOrder(row) {
  if (!usable() || !callable(state)) return say("info", "现在不能指定叫号", state?.suspended ? "服务已暂停，主任恢复后再叫。" : "窗口空闲时才能叫。");
  const { ticket, number } = row.dataset;
  const reason = await writeText("call", `叫 ${number}，在排在它前面的人之前。理由会记录，主任可查。`);
  if (reason) await send("call", { ticket, reason }, `指定叫 ${number}`);
}

const take = (node) => node && !node.disabled && send("call", { ticket: node.dataset.take }, `取回 ${node.dataset.number}`);

document.addEventListener("click", (event) => {
  const row = event.target.closest(".queue__row");
  const node = event.target.closest("[data-action]");
  if (row) callOutOfOrder(row);
  else if (event.target.closest("[data-take]")) take(event.target.closest("[data-take]"));
  else if (node) act(node.dataset.action);
});
listen({ primary: big, act, take: (index) => take(document.querySelectorAll("[data-take]")[index]), move: walk });
document.addEventListener("ow-connection", () => draw());
setInterval(() => { beat(); drawButtons(); }, 500);
live.start();
big.focus({ preventScroll: true });
