/** The supervisor's page (大厅现况): the hall live, and what to do about it. The parts: live, commands, view, dialogs. */
import "./connection.js";
import { get } from "./api.js";
import { Commands } from "./console-commands.js";
import { confirm, open } from "./console-dialogs.js";
import { Live } from "./live.js";
import { setText } from "./dom.js";
import { say } from "./said.js";
import { askHeir, askMatters, askOpening, askSuspension, drawGroups } from "./supervisor-dialogs.js";
import { drawAlarms, drawPlan, drawRemaining, layOut, windowFacts } from "./supervisor-view.js";

/** Who a window is opened for when the supervisor does it; the clerk who then signs in takes it over. */
const FOR_ANYONE = "主任代开";
const DAY_ZH = { before: "当天尚未开始", open: "正常取号", closing: "已停止取号", closed: "今天已结束" };
const PACE_MS = 700;
const GROUPS_MS = 4000;

const set = document.querySelector("script[data-who]").dataset;
const part = (name) => document.querySelector(`[data-part="${name}"]`);
const notice = (name) => document.querySelector(`[data-notice="${name}"]`);
const buttons = (name) => document.querySelectorAll(`[data-action="${name}"]`);
const working = () => state.day.phase === "open" || state.day.phase === "closing";
const connection = document.querySelector("ow-connection");

let state = null;
let remaining = null;
let groups = null;
let shown = null;

const live = new Live({
  path: "/api/supervisor/floor",
  signal: "/ws/supervisor",
  pace: PACE_MS,
  heard: (ago) => connection.heard(ago),
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
  drawService();
  drawButtons();
  if (shown !== null) drawWindow();
}

/** What stands still, what is due, who came over from yesterday: one line each above the plan. */
function drawService() {
  const { suspended, break_until, note } = state.service;
  document.body.classList.toggle("floor--suspended", suspended !== null);
  notice("suspended").hidden = suspended === null;
  if (suspended) setText(notice("suspended"), "title", `已暂停服务：${suspended.reason_zh}${note ? `（${note}）` : ""}，${suspended.since} 起`);
  setText(document, "service", suspended ? "恢复服务" : "暂停服务");
  setText(document, "service-en", suspended ? "Resume" : "Suspend");
  notice("break").hidden = !break_until || suspended !== null;
  setText(notice("break"), "title", `午休中，${break_until} 继续；过号、暂离的时限停走`);
  const { due, running } = state.check;
  notice("check").hidden = !due || suspended !== null;
  setText(notice("check"), "title", running ? "正在检查设备…" : "今天还没有检查音箱、屏幕和打印机");
  notice("carried").hidden = !state.carried.length;
  const names = state.carried.slice(0, 6).map((one) => `${one.number}（昨天 ${one.from}）`).join("、");
  setText(notice("carried"), "title", `昨天转来 ${state.carried.length} 位，排在最前：${names}${state.carried.length > 6 ? " 等" : ""}`);
}

function drawButtons() {
  const can = usable();
  for (const name of ["open-all", "intake", "close-day", "groups", "service"]) for (const node of buttons(name)) node.disabled = !can || !working();
  setText(document, "intake", state.day.phase === "closing" ? "恢复取号" : "停止取号");
  setText(document, "intake-en", state.day.phase === "closing" ? "Go on" : "Stop");
  for (const node of buttons("retry")) node.disabled = commands.busy;
  const own = "[data-open], [data-help-off], [data-settle], [data-pause], [data-do], [data-group-do]";
  for (const node of document.querySelectorAll(own)) node.disabled = !can;
  const end = document.querySelector('[data-do="close-day"]');
  end.disabled = !can || remaining === null || remaining.undecided > 0;
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
  act("merge").hidden = act("close").hidden;
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
    close: () => closeWindow(no, false),
    merge: () => closeWindow(no, true),
    matters: () => changeMatters(no),
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

/** A reading that failed says so; null then. */
async function read(path) {
  try {
    return await get(path);
  } catch (problem) {
    say("error", problem.zh);
    return null;
  }
}

/** Closes the window at once if nobody is left behind by it; else asks where they go. */
async function closeWindow(no, merge) {
  const found = await read(`/api/supervisor/windows/${no}/stranded`);
  if (found === null) return;
  const left = found.tickets.length;
  if (!merge && !left && !found.own.length) return void (await atWindow(no, "close", {}, "关窗"));
  const words = { title: "关了", into: "并到 {no} 号，关本窗", pause: windowOf(no).phase === "open", anyway: left ? `仍要关窗，让 ${left} 位等着` : "只关窗" };
  const choice = await askHeir(found, words);
  if (choice === null) return;
  if (choice.way === "into") await atWindow(no, "merge", { into: choice.into }, `并到 ${choice.into} 号`);
  else if (choice.way === "anyway") await atWindow(no, "close", { anyway: left > 0 }, "关窗");
  else say("info", "没有关窗：请在窗口对话框里选暂停的原因");
}

async function changeMatters(no) {
  const [hall, own] = [await read("/api/hall"), await read(`/api/windows/${no}`)];
  if (hall === null || own === null) return;
  const served = new Set(own.matters);
  const matters = await askMatters(no, hall.matters.filter((one) => one.zone === windowOf(no).zone || served.has(one.code)), served);
  if (matters === null) return;
  const found = await read(`/api/supervisor/windows/${no}/stranded?matters=${matters.join(",")}`);
  if (found === null) return;
  if (!found.tickets.length) return void (await atWindow(no, "matters", { matters }, "调整事项"));
  const choice = await askHeir(found, { title: "不办这些事项", into: "由 {no} 号接办，保存" });
  if (choice !== null) await atWindow(no, "matters", { matters, into: choice.into }, `调整事项，由 ${choice.into} 号接办`);
}

async function readRemaining() {
  remaining = (await read("/api/supervisor/remaining")) ?? remaining;
  if (remaining === null) return;
  drawRemaining(part("remaining"), remaining);
  const dialog = document.querySelector('[data-dialog="remaining"]');
  const late = remaining.tickets.filter((one) => one.choice === "late").length;
  const lead = `还有 ${remaining.undecided} 位：请逐一问明，再选。${late ? `其中 ${late} 位今日办完，办结后才能结束当天。` : ""}`;
  setText(dialog, "lead", remaining.undecided ? lead : "都有结果了，可以结束当天。");
  drawButtons();
}

async function readGroups() {
  groups = (await read("/api/supervisor/groups")) ?? groups;
  if (groups !== null) drawGroups(part("groups"), groups, usable());
}

const ACTS = {
  async "open-all"() {
    const found = await read("/api/supervisor/signed-in");
    if (found === null || !(await askOpening(found.windows, state.now_ms))) return;
    const done = await commands.send("/api/supervisor/open-signed-in", {}, "开在岗窗口");
    if (done === null) return;
    const others = done.windows.filter((one) => one.outcome !== "opened");
    const failed = others.some((one) => one.outcome !== "open" && one.outcome !== "paused");
    say(failed ? "warn" : "good", `已开 ${done.opened} 个窗口`, others.map((one) => `${one.no} 号${one.zh}`).join("；"));
  },
  async groups() {
    groups = null;
    await readGroups();
    if (groups === null) return;
    const timer = setInterval(readGroups, GROUPS_MS);
    const lead = `全厅 ${groups.set} 停止取号${groups.by_forecast ? "；排队会超过下班时间的组，按预计提前停" : ""}。停了的组可以恢复。`;
    await open("groups", lead, (dialog, on) => {
      on(dialog, "click", async (event) => {
        const act = event.target.closest("[data-group-do]")?.dataset;
        if (!act || !usable()) return;
        await commands.send(`/api/groups/${act.letter}/${act.groupDo}`, {}, act.groupDo === "stop" ? "业务组停止取号" : "业务组恢复取号");
        await readGroups();
      });
    });
    clearInterval(timer);
  },
  async service() {
    if (state.service.suspended) {
      if (await confirm("sure", "恢复服务：马上可以叫号，时限从停下的地方接着走。")) await commands.send("/api/service/resume", {}, "恢复服务");
      return;
    }
    const why = await askSuspension(state.totals.waiting);
    if (why !== null) await commands.send("/api/service/suspend", why, "暂停服务");
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
