/** What if (如果……): the moves that a zone's state allows, with what each would change in the next two hours. */
import { get } from "./api.js";
import { open } from "./console-dialogs.js";
import { el } from "./dom.js";

const SHOWN = 30;
const HELPFUL = 8;

/** "−4.2 ±0.8", minutes. */
function change(level) {
  const half = (level.high - level.low) / 2;
  const sign = level.mean < -0.05 ? "−" : level.mean > 0.05 ? "+" : "±";
  return `${sign}${Math.abs(level.mean).toFixed(1)} ±${half.toFixed(1)}`;
}

/** "12 分钟（8–17）" */
function range(level) {
  return `${Math.round(level.mean)} 分钟（${Math.round(level.low)}–${Math.round(level.high)}）`;
}

/** How the mean moves: `better` and `worse` only where the range says so. */
function direction(level) {
  if (level.high < 0) return "better";
  return level.low > 0 ? "worse" : "same";
}

const WORDS = { better: "缩短", worse: "变长", same: "差不多" };

function row(alternative) {
  const [move] = alternative.moves;
  const mean = alternative.change.mean_minutes;
  const way = direction(mean);
  const over = alternative.change.over_30_share.mean * 100;
  return el(
    "li",
    { class: "what-if__row", "data-way": way },
    el("span", { class: "what-if__move" }, move.zh, el("span", { class: "what-if__en", lang: "en" }, move.en)),
    el("span", { class: "what-if__change" }, el("span", { class: "what-if__way" }, WORDS[way]), el("strong", {}, change(mean)), el("span", { class: "quiet" }, "平均")),
    el("span", { class: "what-if__change" }, el("strong", {}, change(alternative.change.p95_minutes)), el("span", { class: "quiet" }, "最久的 5%")),
    el("span", { class: "what-if__change" }, el("strong", {}, `${over > 0.05 ? "+" : over < -0.05 ? "−" : "±"}${Math.abs(over).toFixed(1)}%`), el("span", { class: "quiet" }, "超过半小时")),
    move.do === "open" ? el("button", { type: "button", class: "button button--quiet", "data-open": move.window }, `开 ${move.window}`) : el("span"),
  );
}

function rows(found) {
  const helpful = found.alternatives.filter((one) => direction(one.change.mean_minutes) === "better").slice(0, HELPFUL);
  const spared = found.alternatives.filter((one) => one.moves[0].do === "close" && direction(one.change.mean_minutes) === "same").slice(0, 3);
  const none = el("li", { class: "what-if__none" }, "现在没有哪个动作能明显缩短等候。");
  return [
    ...(helpful.length ? helpful.map(row) : [none]),
    ...(spared.length ? [el("li", { class: "what-if__head" }, "可以抽走的窗口（等候差不多）", el("span", { class: "what-if__en", lang: "en" }, "Could be spared")), ...spared.map(row)] : []),
  ];
}

/** Shows a zone's moves in the dialog. */
export async function showWhatIf(zone, name) {
  const list = document.querySelector('[data-part="what-if"]');
  list.replaceChildren(el("li", { class: "what-if__none" }, "正在推演…"));
  const shown = open("what-if", `${name}：今后两小时`);
  try {
    const found = await get(`/api/what-if/moves?zone=${encodeURIComponent(zone)}&limit=${SHOWN}`);
    const dialog = document.querySelector('[data-dialog="what-if"]');
    const lead = found.now ? `${name}，今后两小时照现在这样：平均等 ${range(found.now.mean_minutes)}，最久的 5% 等 ${range(found.now.p95_minutes)}。试了 ${found.tried} 个动作。` : `${name}：没有可做的动作。`;
    dialog.querySelector('[data-cell="lead"]').textContent = lead;
    list.replaceChildren(...(found.now ? rows(found) : []));
  } catch (problem) {
    list.replaceChildren(el("li", { class: "what-if__none" }, el("span", { role: "alert" }, problem.zh ?? "没有得到答复", el("span", { class: "what-if__en", lang: "en" }, problem.en ?? "No answer"))));
  }
  await shown;
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-what-if]");
  if (button) showWhatIf(button.dataset.whatIf, button.dataset.name);
});
