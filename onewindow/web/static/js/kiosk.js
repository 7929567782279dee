/**
 * The kiosk (自助取号机): shows one screen at a time, goes back, starts again, calls a guide, and returns to its first
 * screen when nobody is there. The screens are the page's own sections; a link's #name chooses one.
 */
import "./connection.js";
import { command } from "./api.js";
import { bi, el } from "./dom.js";
import { readBoard } from "./kiosk-board.js";
import { Idle } from "./kiosk-idle.js";
import { Paged } from "./kiosk-pages.js";
import { Search } from "./kiosk-search.js";
import { Take } from "./kiosk-take.js";

const IDLE_SECONDS = 30;
const DONE_SECONDS = 20;
const ROWS = 8;

const set = document.querySelector("script[data-phones]").dataset;
const part = (name) => document.querySelector(`[data-part="${name}"]`);
const on = (name, does) => document.querySelector(`[data-action="${name}"]`).addEventListener("click", does);
const paged = new Map();
for (const list of document.querySelectorAll("[data-pages]")) paged.set(list.closest("[data-screen]").id, new Paged(list, ROWS));

const trail = ["start"];
const idle = new Idle(showCount, restart);
const take = new Take(set.phones !== "", () => show("done", ["start", "done"]));
const search = new Search((text) => part("about").replaceChildren(el("strong", {}, text ? text.toUpperCase().split("").join(" ") : "　")));

/** Shows a screen; `way` is the trail that leads to it. */
function show(name, way) {
  trail.splice(0, trail.length, ...way);
  for (const screen of document.querySelectorAll("[data-screen]")) screen.toggleAttribute("data-shown", screen.id === name);
  document.body.dataset.screen = name;
  const { titleZh, titleEn } = document.getElementById(name).dataset;
  title(titleZh, titleEn);
  if (name !== "take") part("about").replaceChildren();
  const first = name === "start";
  for (const back of ["back", "restart"]) document.querySelector(`[data-action="${back}"]`).disabled = first;
  if (first) idle.stop();
  else idle.run(name === "done" ? DONE_SECONDS : IDLE_SECONDS);
  part("title").focus({ preventScroll: true });
}

function title(zh, en) {
  part("title").replaceChildren(bi(zh, en));
}

function go(name) {
  paged.get(name)?.turnTo(0);
  show(name, [...trail, name]);
  if (name === "search") search.open();
}

function choose({ item, code, purpose = "handle", zh, en }) {
  show("take", [...trail, "take"]);
  title(zh, en);
  take.open({ [item]: code }, purpose);
}

function back() {
  if (take.busy || trail.length < 2) return;
  const way = trail.slice(0, -1);
  const last = way[way.length - 1];
  show(way.includes("done") ? "start" : last, way.includes("done") ? ["start"] : way);
  if (last === "search") search.open();
}

function restart() {
  if (take.busy) return;
  language("zh");
  part("help").hidden = true;
  show("start", ["start"]);
}

function showCount(left) {
  part("count").hidden = left === null;
  if (left !== null) part("count").replaceChildren(bi(`${left} 秒后返回首页`, `Starting again in ${left} s`));
}

function language(code) {
  document.documentElement.dataset.language = code;
  document.documentElement.lang = code === "en" ? "en" : "zh-CN";
}

// --- help ---

async function help(wanted) {
  const box = part("help");
  const words = part("help-title");
  box.hidden = !wanted;
  if (wanted) words.replaceChildren(bi("正在呼叫导引员", "Calling a guide"));
  try {
    await command("/api/desk/help", { on: wanted }, { tries: 2 });
    if (wanted) words.replaceChildren(bi("导引员马上来，请稍候", "A guide is coming; please wait"));
  } catch {
    if (wanted) words.replaceChildren(bi("没有呼叫到，请到导询台", "No answer: please go to the guide desk"));
  }
}

document.addEventListener("click", (event) => {
  const link = event.target.closest('a[href^="#"]');
  if (!link || link.classList.contains("skip")) return;
  event.preventDefault();
  if (link.dataset.item) choose(link.dataset);
  else go(link.getAttribute("href").slice(1));
});
document.addEventListener("contextmenu", (event) => event.preventDefault());
on("back", back);
on("restart", restart);
on("language", () => language(document.documentElement.dataset.language === "en" ? "zh" : "en"));
on("help", () => help(true));
on("help-off", () => help(false));
on("help-close", () => (part("help").hidden = true));

document.documentElement.classList.add("kiosk-root");
document.body.classList.add("kiosk-live");
show("start", ["start"]);
readBoard(part("stop"), document.querySelector("ow-connection"));
