/** All screens of the hall (屏幕管理): how each is, what it shows, and what it is set to; template supervision/screens.html. */
import { command, get } from "./api.js";
import { ageText, fromTemplate, el, setText } from "./dom.js";
import { Live } from "./live.js";
import { Miniature } from "./miniature.js";
import { askCode, askSettings, whose } from "./screens-form.js";

const ROOT = "/api/supervisor/screens";
const LOOK_MS = 1000;
const SAID_MS = 8000;
/** A picture that nobody has confirmed for so long is old. */
const OLD_SECONDS = 15;
const STATES = { online: ["在线", "live"], late: ["落后", "late"], hidden: ["被挡住，看不见", "late"], offline: ["离线", "stale"] };
const NEW = { zh: "新屏", kind: "hall", device: null, zone: null, window: null, sound: false, volume: 100, layout: "standard", theme: "standard", language: "both" };

const part = (name) => document.querySelector(`[data-part="${name}"]`);
const pair = document.querySelector('[data-action="pair"]');
const said = document.querySelector('[data-notice="said"]');
/** The card, miniature and fetching of each screen. @type {Map<string, {card: HTMLElement, mini: Miniature, busy: boolean}>} */
const cards = new Map();
let state = null;
let saidTimer = 0;

const live = new Live({
  path: ROOT,
  signal: "/ws/supervisor",
  pace: 300,
  heard: () => {},
  onState: (fresh) => {
    state = fresh;
    draw();
  },
  onLink: draw,
});

function draw() {
  const down = live.link === "down" || live.link === "signed-out";
  const notice = document.querySelector('[data-notice="down"]');
  notice.hidden = !down;
  setText(notice, "title", live.link === "signed-out" ? "登录已过期，请重新登录" : "连不上服务器：下面是断开前的情况");
  pair.disabled = state === null || down;
  document.body.dataset.link = live.link;
  if (state === null) return;
  setText(document, "title", title(state.screens));
  const list = part("list");
  const gone = new Set(cards.keys());
  state.screens.forEach((screen, at) => {
    gone.delete(screen.id);
    const { card } = cards.get(screen.id) ?? made(screen);
    if (list.children[at] !== card) list.insertBefore(card, list.children[at] ?? null);
    fill(card, screen, down);
    drawPicture(screen);
  });
  for (const id of gone) {
    cards.get(id).card.remove();
    cards.delete(id);
  }
  drawOpened(state.opened);
}

function title(screens) {
  if (!screens.length) return "还没有配对的屏";
  const ill = screens.filter((one) => one.state !== "online").length;
  return ill ? `${screens.length} 块屏，${ill} 块要看一看` : `${screens.length} 块屏，都正常`;
}

function made(screen) {
  const card = fromTemplate("screen-card");
  card.dataset.id = screen.id;
  const entry = { card, mini: new Miniature(card.querySelector(".screen-card__picture"), `${screen.settings.zh}的画面`), busy: false };
  cards.set(screen.id, entry);
  return entry;
}

function fill(card, screen, down) {
  const [word, mark] = STATES[screen.state];
  card.dataset.state = screen.state;
  const badge = card.querySelector(".screen-card__state");
  badge.dataset.state = mark;
  setText(card, "state", word);
  setText(card, "name", screen.settings.zh);
  setText(card, "place", screen.place_zh);
  setText(card, "facts", facts(screen));
  for (const button of card.querySelectorAll("[data-do]")) {
    button.disabled = down || (screen.state === "offline" && button.dataset.do !== "settings");
    button.setAttribute("aria-label", `${button.querySelector(".bi__zh").textContent} ${screen.settings.zh}`);
  }
}

function facts(screen) {
  const found = [];
  if (screen.state === "offline") found.push(screen.seen_seconds === null ? "配对后还没有连上过" : `上次 ${ageText(screen.seen_seconds).zh}前`);
  if (screen.behind !== null && screen.state !== "offline") found.push(screen.behind > 1 ? `落后 ${screen.behind} 版` : "内容最新");
  if (screen.shown && screen.shown.rev !== screen.rev && screen.state !== "offline") found.push("正在换设置");
  if (screen.settings.sound || screen.settings.kind === "speaker") found.push(`音量 ${screen.settings.volume} %`);
  if (screen.address) found.push(screen.address);
  if (screen.shown?.size[0]) found.push(`${screen.shown.size[0]}×${screen.shown.size[1]}`);
  return found.join(" · ");
}

/** The picture that the screen has sent, and how old it is when it may not be so any more. */
async function drawPicture(screen) {
  const entry = cards.get(screen.id);
  const { picture } = screen;
  const old = picture !== null && (screen.state === "offline" || picture.age_seconds > OLD_SECONDS);
  entry.card.toggleAttribute("data-old", old);
  setText(entry.card, "age", old ? `${ageText(picture.age_seconds).zh}前的画面` : "");
  if (picture === null || picture.digest === entry.mini.digest || entry.busy) return;
  entry.busy = true;
  try {
    entry.mini.show(await get(`${ROOT}/${screen.id}/picture`));
    entry.card.querySelector(".screen-card__none").hidden = true;
  } catch {
    // The next look asks again.
  } finally {
    entry.busy = false;
  }
}

function drawOpened(opened) {
  part("opened-box").hidden = opened.length === 0;
  part("opened").replaceChildren(
    ...opened.map((one) => el("li", { class: "screens__plain-one" }, el("strong", {}, one.zh || one.place_zh), el("span", { class: "quiet" }, `${one.zh ? `${one.place_zh} · ` : ""}${one.address} · ${ageText(one.seen_seconds).zh}前有回音${one.behind > 1 ? ` · 落后 ${one.behind} 版` : ""}`))),
  );
}

function say(text, ill = false) {
  said.hidden = false;
  said.className = `banner banner--${ill ? "error" : "good"}`;
  setText(said, "title", text);
  clearTimeout(saidTimer);
  saidTimer = setTimeout(() => {
    said.hidden = true;
  }, SAID_MS);
}

/** Does something and says so; what is wrong is said, too. */
async function act(work, done) {
  try {
    await work();
    if (done) say(done);
  } catch (problem) {
    say(problem.zh, true);
  }
  await live.refresh();
}

async function pairNew() {
  const found = await askCode();
  if (!found) return;
  const free = state.devices.find((one) => one.free && one.kind === "hall");
  const first = free ? { ...NEW, device: free.id, zh: free.zh } : NEW;
  const words = { title: "这块屏是什么", lead: whose(found), button: "配对" };
  const save = (settings) => command(ROOT, { code: found.code, settings });
  const saved = await askSettings(words, first, state.devices, save, false);
  if (saved) await act(() => Promise.resolve(), `“${saved.screen.settings.zh}”配对好了，屏幕自己会打开`);
}

async function change(id) {
  const screen = state.screens.find((one) => one.id === id);
  if (!screen) return;
  const words = { title: screen.settings.zh, lead: "保存后屏幕马上自己换，不用有人过去。", button: "保存" };
  const save = (settings) => command(`${ROOT}/${id}`, settings);
  const saved = await askSettings(words, screen.settings, state.devices, save, true);
  if (saved === "unpair") await act(() => command(`${ROOT}/${id}/unpair`), `“${screen.settings.zh}”已解除配对`);
  else if (saved) await live.refresh();
}

document.addEventListener("click", (event) => {
  const what = event.target.closest("[data-do]")?.dataset.do;
  const id = event.target.closest("[data-id]")?.dataset.id;
  if (!what || !id) return;
  const name = state.screens.find((one) => one.id === id)?.settings.zh ?? "";
  if (what === "settings") change(id);
  else act(() => command(`${ROOT}/${id}/${what}`), what === "identify" ? `“${name}”正在闪自己的名字` : `“${name}”正在刷新`);
});
pair.addEventListener("click", pairNew);
setInterval(() => document.visibilityState === "visible" && live.refresh(), LOOK_MS);
setText(document, "start", `${location.host}/screen`);
live.start();
