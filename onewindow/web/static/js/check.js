/** The morning check (开门前检查): begins it, shows each device as it answers, what is wrong first. */
import { command } from "./api.js";
import { el, setText } from "./dom.js";
import { Live } from "./live.js";

const KIND_ZH = { speaker: ["音箱", "Loudspeakers"], screen: ["屏幕", "Screens"], printer: ["打印机", "Printers"], kiosk: ["自助机", "Kiosks"] };
const WORD = { trying: "正在试", good: "正常", bad: "有问题", by_hand: "要人看" };
const SLIP = "/api/supervisor/check/slip.png";
const RUNNING_MS = 700;
/** More of a kind with the same fault than these have one cause, and one card. */
const FEW = 3;

const part = (name) => document.querySelector(`[data-part="${name}"]`);
const start = document.querySelector('[data-action="begin"]');
let state = null;
let sending = false;
let drawn = "";

const live = new Live({
  path: "/api/supervisor/check",
  signal: "/ws/supervisor",
  pace: 200,
  heard: () => {},
  onState: (fresh) => {
    state = fresh;
    draw();
    if (state.running) setTimeout(() => live.refresh(), RUNNING_MS);
  },
  onLink: draw,
});

function draw() {
  const down = live.link === "down" || live.link === "signed-out";
  document.querySelector('[data-notice="down"]').hidden = !down;
  if (live.link === "signed-out") setText(document.querySelector('[data-notice="down"]'), "title", "登录已过期，请重新登录");
  start.disabled = state === null || down || sending || state.running;
  if (state === null) return;
  const check = state.check;
  setText(document, "title", title(check));
  setText(start, null, state.running ? "正在检查…" : check ? "再查一遍" : "开始检查");
  part("counts").hidden = check === null;
  if (check === null) return;
  for (const node of part("counts").querySelectorAll("[data-count]")) setText(node, null, check.counts[node.dataset.count]);
  for (const node of part("counts").children) node.toggleAttribute("data-some", check.counts[node.dataset.verdict] > 0);
  const mark = JSON.stringify([check.devices, down, sending]);
  if (mark === drawn) return;
  drawn = mark;
  part("todo").replaceChildren(...todo(check, down));
  part("kinds").replaceChildren(...kinds(check));
}

function title(check) {
  if (check === null) return "还没有检查过";
  if (state.running) return "正在检查，请听一听、看一看";
  const when = `${check.at} ${check.by}`;
  if (!check.today) return `今天还没有检查（上次 ${when}）`;
  if (!check.ended) return `${when} 的检查没有做完，请再查一遍`;
  return check.counts.bad ? `${when} 查过：${check.counts.bad} 个有问题` : `${when} 查过：没有问题`;
}

/** What somebody must do, the faults first: a card for each, or one for many that have the same. */
function todo(check, down) {
  const open = check.devices.filter((one) => one.verdict === "bad" || one.verdict === "by_hand" || (one.verdict === "good" && one.todo_zh));
  open.sort((a, b) => order(a) - order(b));
  const alike = new Map();
  for (const one of open) {
    const key = one.verdict === "bad" ? `${one.kind} ${one.what_zh}` : one.device;
    alike.set(key, [...(alike.get(key) ?? []), one]);
  }
  return [...alike.values()].flatMap((many) => (many.length > FEW ? [manyCard(many)] : many.map((one) => card(one, down))));
}

function card(one, down) {
  const hand = one.verdict === "by_hand";
  return el(
    "article",
    { class: "check__card", "data-verdict": one.verdict, "data-device": one.device },
    el("h3", { class: "check__name" }, el("span", { class: "check__mark", "aria-hidden": "true" }), `${one.zh}：${one.what_zh}`),
    el("p", {}, one.todo_zh),
    el("p", { class: "check__en", lang: "en" }, `${one.what_en}. ${one.todo_en}`),
    hand ? el("div", { class: "button-row" }, el("button", { class: "button button--quiet", type: "button", "data-seen": one.device, disabled: down || sending }, "看过了，没问题"), one.kind === "printer" ? el("a", { class: "button button--quiet", href: SLIP, target: "_blank" }, "测试小票") : null) : null,
  );
}

function manyCard(many) {
  const [zh] = KIND_ZH[many[0].kind];
  return el(
    "article",
    { class: "check__card", "data-verdict": "bad", "data-kind": many[0].kind },
    el("h3", { class: "check__name" }, el("span", { class: "check__mark", "aria-hidden": "true" }), `${many.length} 个${zh}：${many[0].what_zh}`),
    el("p", {}, "一起出问题，多半是交换机、电源或服务器地址：先看这些，再逐个看。"),
    el("p", { class: "check__en", lang: "en" }, `${many[0].what_en}. Many at once: look at the switch, the power and the server's address first.`),
    el("details", {}, el("summary", {}, "逐个的办法"), el("ul", { class: "check__each" }, many.map((one) => el("li", {}, el("strong", {}, one.zh), `：${one.todo_zh}`)))),
  );
}

const order = (one) => ["bad", "by_hand", "good"].indexOf(one.verdict);

/** Every device by kind, as small marks with their names. */
function kinds(check) {
  return Object.entries(KIND_ZH)
    .map(([kind, words]) => [words, check.devices.filter((one) => one.kind === kind)])
    .filter(([, devices]) => devices.length)
    .map(([[zh, en], devices]) => {
      const well = devices.filter((one) => one.verdict === "good").length;
      return el(
        "section",
        { class: "check__kind" },
        el("h2", { class: "check__kind-name" }, `${zh} `, el("span", { class: "quiet", lang: "en" }, en), el("span", { class: "check__of" }, `${well} / ${devices.length}`)),
        el("ul", { class: "check__devices" }, devices.map(device)),
      );
    });
}

function device(one) {
  const said = `${one.zh}，${WORD[one.verdict]}${one.what_zh ? `：${one.what_zh}` : ""}`;
  return el("li", { class: "check__device", "data-verdict": one.verdict, "data-name": one.device, title: said }, el("span", { class: "check__mark", "aria-hidden": "true" }), el("span", { class: "check__who" }, one.zh), el("span", { class: "visually-hidden" }, WORD[one.verdict]));
}

async function send(path, body) {
  if (sending) return;
  sending = true;
  draw();
  try {
    await command(path, body, { tries: 2 });
  } catch (problem) {
    setText(document, "sub", problem.zh);
  } finally {
    sending = false;
    await live.refresh();
    draw();
  }
}

document.addEventListener("click", (event) => {
  const seen = event.target.closest("[data-seen]")?.dataset.seen;
  if (seen) send("/api/supervisor/check/seen", { device: seen });
});
start.addEventListener("click", () => send("/api/supervisor/check", {}));
live.start();
