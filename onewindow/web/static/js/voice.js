/** Recordings (录音): shows each line to read, records or takes a file, plays it back, counts what is missing. */
import { Problem, command, get } from "./api.js";
import { el, setText } from "./dom.js";
import { Microphone, draw, mayRecord, play, samplesOf, wavOf } from "./voice-sound.js";
import { speakers } from "./voice-trial.js";

const BASE = "/api/supervisor/voice";
const KIND_ZH = { digits: "数字", numbers: "窗口号", words: "固定词句", names: "业务名称" };
const LANGUAGE_ZH = { zh: "普通话", en: "English" };
const AGAIN_MS = 10000;

const part = (name) => document.querySelector(`[data-part="${name}"]`);
const action = (name) => document.querySelector(`[data-action="${name}"]`);
const microphone = new Microphone();
let view = null;
/** The line to read, by its id. */
let at = "";
let busy = false;
let drawn = "";

const line = () => view?.lines.find((one) => one.id === at);
const address = (id, tail) => `${BASE}/lines/${encodeURIComponent(id)}/${tail}`;

function take(fresh) {
  view = fresh;
  if (!line()) at = (view.lines.find((one) => !one.clip) ?? view.lines[0])?.id ?? "";
  show();
  speakers(view.speakers);
}

function show() {
  const { pack, lines } = view;
  // The hall's first language is what a pack needs; others count once somebody has begun them.
  const counted = lines.filter((one) => one.language === lines[0].language || lines.some((two) => two.language === one.language && two.clip));
  const done = counted.filter((one) => one.clip).length;
  setText(document, "count", `${done} / ${counted.length}`);
  const left = counted.length - done;
  setText(document, "sum", `${left ? `还缺 ${left} 条` : "已录齐"}${pack.on ? "，正在使用" : "，未启用"}${pack.broken.length ? `；坏文件：${pack.broken.join("；")}` : ""}`);
  part("progress").max = counted.length;
  part("progress").value = done;
  document.querySelector(".voice__pack").dataset.on = pack.on ? "yes" : "no";
  setText(action("switch").querySelector(".bi__zh"), null, pack.on ? "停用录音" : "启用录音");
  setText(action("switch").querySelector(".bi__en"), null, pack.on ? "Use the synthesised voice" : "Use the recordings");
  action("switch").classList.toggle("button--call", !pack.on);
  action("switch").classList.toggle("button--quiet", pack.on);
  action("switch").disabled = busy || (done === 0 && !pack.on);
  const name = document.querySelector('[name="voice"]');
  if (document.activeElement !== name && pack.voice) name.value = pack.voice;
  showLine();
  const mark = JSON.stringify([at, lines.map((one) => Boolean(one.clip))]);
  if (mark === drawn) return;
  drawn = mark;
  part("lines").replaceChildren(...groups(lines));
}

function showLine() {
  const now = line();
  for (const cell of ["before", "text", "after"]) setText(part("line"), cell, now ? spaced(now, cell) : "");
  action("record").disabled = !now || busy || !mayRecord();
  action("play").disabled = action("remove").disabled = !now?.clip || busy;
  if (!microphone.live && now && !busy) tell(now.clip ? `已录：${told(now.clip)}` : "还没有录", now.clip ? "good" : "");
}

function spaced(now, cell) {
  if (now.language === "zh") return now[cell];
  return cell === "before" && now[cell] ? `${now[cell]} ` : cell === "after" && now[cell] && now[cell][0] !== "," ? ` ${now[cell]}` : now[cell];
}

function told(clip) {
  const raw = clip.raw_db === null ? "" : `，原响度 ${clip.raw_db} dBFS，已调到 ${clip.loudness_db} dBFS`;
  return `${clip.seconds} 秒${raw}${clip.by ? `，${clip.by}` : ""}`;
}

function groups(lines) {
  const found = [];
  for (const language of new Set(lines.map((one) => one.language)))
    for (const kind of view.kinds) {
      const some = lines.filter((one) => one.language === language && one.kind === kind);
      if (some.length) found.push(group(`${LANGUAGE_ZH[language]} · ${KIND_ZH[kind]}`, some));
    }
  return found;
}

function group(name, some) {
  const done = some.filter((one) => one.clip).length;
  return el(
    "div",
    {},
    el("h3", { class: "voice__kind" }, `${name} `, el("span", { class: "quiet" }, `${done} / ${some.length}`)),
    el("ul", { class: "voice__group" }, some.map((one) => el("li", {}, el("button", { class: "voice__item", type: "button", lang: one.language === "en" ? "en" : null, "data-line": one.id, "data-done": Boolean(one.clip), "aria-current": one.id === at ? "true" : null, "aria-label": `${one.text}，${one.clip ? "已录" : "未录"}` }, one.text)))),
  );
}

function tell(words, tone = "") {
  const cell = document.querySelector('.voice__booth [data-cell="state"]');
  cell.dataset.tone = tone;
  setText(cell, null, words);
}

function down(problem) {
  const notice = document.querySelector('[data-notice="problem"]');
  notice.hidden = problem === null;
  if (problem === null) return;
  setText(notice, "title", problem.zh);
  setText(notice, "en", problem.en);
}

async function refresh() {
  try {
    take(await get(BASE));
    down(null);
  } catch (problem) {
    down(problem);
  }
}

async function record() {
  if (busy || action("record").disabled) return;
  if (microphone.live) {
    setText(document, "record", "录音");
    action("record").toggleAttribute("data-live", false);
    await keep(await microphone.stop());
    return;
  }
  try {
    await microphone.start((level) => tell(`正在录音，读完再按一次　音量 ${"|".repeat(Math.round(level * 20))}`));
    setText(document, "record", "停止");
    action("record").toggleAttribute("data-live", true);
  } catch {
    tell("用不了话筒：请在浏览器里允许本页使用话筒", "bad");
  }
}

/** Send the samples as the line's recording, and play what was kept. */
async function keep(samples) {
  busy = true;
  const id = at;
  draw(part("wave"), samples);
  tell("正在保存…");
  try {
    const response = await fetch(address(id, "clip"), { method: "POST", headers: { "Content-Type": "audio/wav", Accept: "application/json" }, body: wavOf(samples) });
    const answer = await response.json();
    if (!response.ok) throw new Problem(response.status, answer);
    busy = false;
    take(answer);
    await listen(id);
  } catch (problem) {
    busy = false;
    show();
    tell(problem.zh ?? "没有存下来，请重试", "bad");
  }
}

async function listen(id = at) {
  const response = await fetch(address(id, "clip.wav"), { cache: "no-store" });
  if (!response.ok) return;
  const samples = await samplesOf(await response.arrayBuffer());
  draw(part("wave"), samples);
  await play(samples);
}

async function upload(event) {
  const [file] = event.target.files;
  event.target.value = "";
  if (!file) return;
  try {
    await keep(await samplesOf(await file.arrayBuffer()));
  } catch {
    tell(`浏览器读不了这个文件：${file.name}`, "bad");
  }
}

async function send(path, body) {
  try {
    take(await command(path, body, { tries: 2 }));
    down(null);
  } catch (problem) {
    down(problem);
  }
}

function next() {
  const place = view.lines.findIndex((one) => one.id === at);
  const after = [...view.lines.slice(place + 1), ...view.lines.slice(0, place + 1)];
  go((after.find((one) => !one.clip) ?? after[0]).id);
}

function go(id) {
  if (microphone.live) return;
  at = id;
  part("wave").getContext("2d").clearRect(0, 0, part("wave").width, part("wave").height);
  show();
}

document.addEventListener("click", (event) => {
  const id = event.target.closest("[data-line]")?.dataset.line;
  if (id) go(id);
});
document.addEventListener("keydown", (event) => {
  if (event.target.closest("input, select, textarea, a, button") || event.repeat || event.ctrlKey || event.metaKey) return;
  const does = { " ": record, p: () => line()?.clip && listen(), n: next }[event.key.toLowerCase()];
  if (!does || !view) return;
  event.preventDefault();
  does();
});
action("record").addEventListener("click", record);
action("play").addEventListener("click", () => listen());
action("remove").addEventListener("click", () => send(address(at, "remove"), {}));
action("next").addEventListener("click", next);
action("switch").addEventListener("click", () => send(`${BASE}/pack`, { on: !view.pack.on, voice: document.querySelector('[name="voice"]').value }));
part("file").addEventListener("change", upload);
document.querySelector('[data-notice="insecure"]').hidden = mayRecord();
refresh();
setInterval(() => !busy && !microphone.live && refresh(), AGAIN_MS);
