/** The supervisor's page (大厅现况): the hall live, and what to do about it. The parts: live, commands, view, dialogs. */
import "./connection.js";
import { get } from "./api.js";
import { Commands } from "./console-commands.js";
import { confirm, open } from "./console-dialogs.js";
import { Live } from "./live.js";
import { setText } from "./dom.js";
import { drawAlarms, drawPlan, drawRemaining, layOut, windowFacts } from "./supervisor-view.js";

/** Who a window is opened for when the supervisor does it; the clerk who then signs in takes it over. */
const FOR_ANYONE = "主任代开";
const DAY_ZH = { before: "当天尚未开始", open: "正常取号", closing: "已停止取号", closed: "今天已结束" };
const PACE_MS = 700;
const SAID_MS = 8000;

const set = document.querySelector("script[data-who]").dataset;
const part = (name) => document.querySelector(`[data-part="${name}"]`);
const notice = (name) => document.querySelector(`[data-notice="${name}"]`);
const button = (name) => document.querySelector(`[data-action="${name}"]`);
const connection = document.querySelector("ow-connection");

let state = null;
let remaining = null;
let shown = null;
let saidTimer = 0;

const live = new Live({
  path: "/api/supervisor/floor",
  signal: "/ws/supervisor",
  pace: PACE_MS,
  heard: () => connection.heard(),
  onState: (fresh) => {
    state = fresh;
    draw();
  },
  onLink: (link) => {
    if (link === "up") commands.resume();
    draw();
  },
});
const commands = new Commands({ store: "ow-pending-supervisor", who: set.who, onChange: () => draw(), refresh: () => live.refresh(), say });

const usable = () => state !== null && live.link === "up" && connection.state !== "stale" && !commands.busy && commands.pending === null;
const windowOf = (no) => state.windows.find((one) => one.no === no);

function draw() {
  const down = live.link === "down" || live.link === "signed-out" || connection.state === "stale";
  notice("down").hidden = !down;
  notice("cut").hidden = !down;
  document.body.classList.toggle("floor--down", down);
  const out = live.link === "signed-out";
  notice("down").querySelector('[data-cell="sign-in"]').hidden = !out;
  notice("pending").hidden = !(commands.pending !== null && commands.lost);
  if (commands.pending) setText(notice("pending"), "title", `“${commands.pending.zh}”还没有答复`);
  if (state === null) return;
  drawPlan(part("plan"), state);
  drawAlarms(part("alarms"), state);
  setText(document, "alarm-count", state.alarms.length || "");
  for (const node of document.querySelectorAll("[data-total]")) setText(node, null, state.totals[node.dataset.total]);
  setText(document, "day", `${state.day.day} · ${DAY_ZH[state.day.phase]}`);
  setText(document, "clock", live.link === "up" ? state.now_hhmm : "");
  document.title = `${state.alarms.length ? `（${state.alarms.length}）` : ""}大厅现况`;
  notice("suspect").hidden = !state.clock_suspect;
  if (state.clock_suspect) setText(notice("suspect"), "title", `电脑日期是 ${state.clock_suspect.day}，早于已记录的 ${state.clock_suspect.last}`);
  drawButtons();
  if (shown !== null) drawWindow();
}

function drawButtons() {
  const can = usable();
  const phase = state.day.phase;
  button("open-all").disabled = !can || !openable().length || (phase !== "open" && phase !== "closing");
  button("intake").disabled = !can || (phase !== "open" && phase !== "closing");
  setText(document, "intake", phase === "closing" ? "恢复取号" : "停止取号");
  button("close-day").disabled = !can || (phase !== "open" && phase !== "closing");
  button("retry").disabled = commands.busy;
  const own = "[data-open], [data-help-off], [data-settle], [data-pause], [data-do]";
  for (const node of document.querySelectorAll(own)) node.disabled = !can;
  const end = document.querySelector('[data-do="close-day"]');
  end.disabled = !can || remaining === null || remaining.undecided > 0;
}

function openable() {
  return state.windows.filter((one) => one.phase === "closed" && one.kind !== "agent");
}

function say(kind, zh, todo = "", more = "") {
  const box = notice("said");
  box.className = `banner banner--${kind}`;
  setText(box, "title", zh);
  setText(box, "text", [todo, more].filter(Boolean).join(" "));
  box.querySelector('[data-cell="text"]').hidden = !todo && !more;
  box.hidden = false;
  clearTimeout(saidTimer);
  saidTimer = setTimeout(() => { box.hidden = true; }, SAID_MS);
}

const atWindow = (no, path, body, zh) => commands.send(`/api/windows/${no}/${path}`, body, `${no} 号${zh}`);
const openWindow = (no) => atWindow(no, "open", windowOf(no).phase === "paused" ? { clerk: windowOf(no).clerk || FOR_ANYONE } : { clerk: FOR_ANYONE }, "开窗");

/** What the dialog of the shown window shows; it goes on living while it is open. */
function drawWindow() {
  const dialog = document.querySelector('[data-dialog="window"]');
  const one = windowOf(shown);
  setText(dialog.querySelector(".bi__zh"), null, `${one.no} 号 ${one.zh}`);
  setText(dialog.querySelector(".bi__en"), null, one.en);
  windowFacts(part("window-facts"), one, state.now_ms);
  const act = (name) => dialog.querySelector(`[data-do="${name}"]`);
  act("help-off").hidden = !one.help;
  act("open").hidden = one.phase === "open";
  act("close").hidden = one.phase === "closed" || Boolean(one.number);
  act("public").hidden = one.kind !== "agent";
  setText(dialog, "public", one.public ? "不再对外叫号" : "对外叫号");
  part("pauses").hidden = one.phase !== "open" || Boolean(one.pause_after);
  dialog.querySelector('[data-cell="console"]').href = `/windows/${one.no}`;
}

async function showWindow(no) {
  shown = no;
  const doing = {
    "help-off": () => atWindow(no, "help", { on: false }, "已到场"),
    open: () => openWindow(no),
    close: () => atWindow(no, "close", {}, "关窗"),
    public: () => atWindow(no, "matters", { public: !windowOf(no).public }, "对外叫号"),
  };
  await open("window", "", (dialog, on) => {
    drawWindow();
    on(dialog, "click", (event) => {
      const act = event.target.closest("[data-do]");
      const pause = event.target.closest("[data-pause]");
      if (act && usable()) doing[act.dataset.do]();
      else if (pause && usable()) atWindow(no, "pause", { reason: pause.dataset.pause, after_current: Boolean(windowOf(no).number) }, "暂停");
    });
  });
  shown = null;
}

async function readRemaining() {
  try {
    remaining = await get("/api/supervisor/remaining");
  } catch (problem) {
    say("error", problem.zh);
    return;
  }
  drawRemaining(part("remaining"), remaining);
  const dialog = document.querySelector('[data-dialog="remaining"]');
  setText(dialog, "lead", remaining.undecided ? `还有 ${remaining.undecided} 位没有结果：请逐一问明，再选。` : "都有结果了，可以结束当天。");
  drawButtons();
}

const ACTS = {
  async "open-all"() {
    const closed = openable().map((one) => one.no);
    if (!(await confirm("sure", `开 ${closed.length} 个未开的窗口：${closed.join("、")}。代办窗口不在内；窗口人员登录后点“由我接手”。`))) return;
    for (const no of closed) {
      if ((await openWindow(no)) === null) return;
    }
    say("good", `已开 ${closed.length} 个窗口`);
  },
  async intake() {
    const stop = state.day.phase === "open";
    const lead = stop ? `停止取号：已取号的 ${state.totals.waiting} 位照常叫，不再发新号。` : "恢复取号：导询台和自助机重新发号。";
    if (await confirm("sure", lead)) await commands.send(stop ? "/api/day/closing" : "/api/day/resume", {}, stop ? "停止取号" : "恢复取号");
  },
  async "close-day"() {
    await readRemaining();
    if (remaining === null) return;
    const end = await open("remaining", "", (dialog, on, done) => {
      readRemaining();
      on(dialog, "click", async (event) => {
        const settle = event.target.closest("[data-settle]");
        if (event.target.closest('[data-do="close-day"]') && usable()) done(true);
        if (!settle || !usable()) return;
        await commands.send(`/api/tickets/${settle.dataset.settle}/settle`, { choice: settle.dataset.choice }, "收尾选择");
        await readRemaining();
      });
    });
    if (end && (await commands.send("/api/day/close", {}, "结束当天"))) say("good", "今天已结束");
  },
  "day-open": () => commands.send("/api/day/open", {}, "开始当天"),
  retry: () => commands.retry(),
  drop: () => commands.drop(),
};

document.addEventListener("click", (event) => {
  const hit = (mark) => event.target.closest(mark)?.dataset;
  const act = hit("[data-action]")?.action;
  if (act === "retry" || act === "drop" || (act && usable())) ACTS[act]();
  else if (hit("[data-spot]")) state && showWindow(hit("[data-spot]").spot);
  else if (hit("[data-show]")) showWindow(hit("[data-show]").show);
  else if (hit("[data-open]") && usable()) openWindow(hit("[data-open]").open);
  else if (hit("[data-help-off]") && usable()) atWindow(hit("[data-help-off]").helpOff, "help", { on: false }, "已到场");
});
document.addEventListener("ow-connection", () => draw());
layOut(part("plan"));
live.start();
