/** Trying the voice (试听) and the loudspeakers' volumes (音量). */
import { command } from "./api.js";
import { el, setText } from "./dom.js";
import { ownVoice, speakText } from "./own-voice.js";
import { draw, play, samplesOf } from "./voice-sound.js";

const BASE = "/api/supervisor/voice";
const ENGINE = { clips: "录音", speech: "合成语音" };
const form = /** @type {HTMLFormElement} */ (document.querySelector('[data-part="trial"]'));
const wave = document.querySelector('[data-part="trial-wave"]');
const line = document.querySelector('[data-cell="trial"]');

function tell(words, tone = "") {
  line.dataset.tone = tone;
  setText(line, null, words);
}

async function hear(event) {
  event.preventDefault();
  const { text, language, engine, speaker } = Object.fromEntries(new FormData(form));
  const button = form.querySelector("button");
  button.disabled = true;
  tell("正在准备…");
  try {
    if (engine === "browser") await byBrowser(text, language);
    else await byServer({ text, language, engine, speaker });
  } catch (problem) {
    tell(problem.zh ?? String(problem.message), "bad");
  } finally {
    button.disabled = false;
  }
}

async function byServer(asked) {
  const made = await command(`${BASE}/trial`, asked, { tries: 1 });
  if (asked.speaker) {
    const played = made.result === "played";
    tell(played ? "扬声器已播完" : `没有播出：${made.reason || made.result}`, played ? "good" : "bad");
    return;
  }
  const response = await fetch(made.url);
  if (!response.ok) throw new Error(`HTTP ${response.status}`);
  const samples = await samplesOf(await response.arrayBuffer());
  draw(wave, samples);
  const lacking = made.lacking.length ? `；录音缺 ${made.lacking.map((id) => `“${id.slice(3)}”`).join("、")}` : "";
  tell(`${ENGINE[made.engine]} · ${made.seconds} 秒 · 响度 ${made.loudness_db} dBFS · 峰值 ${made.peak_db} dBFS${lacking}`, "good");
  await play(samples);
}

async function byBrowser(text, language) {
  const voice = ownVoice(language);
  if (!voice) throw new Error("这台机器的浏览器没有这种语言的语音：缺声音时只会响铃");
  await speakText(text, voice, { volume: 1, begun: () => tell("浏览器正在朗读", "good"), stopper: () => {} });
}

/** The loudspeakers, each with its volume. @param {object[]} speakers */
export function speakers(found) {
  const choice = form.elements.speaker;
  const kept = choice.value;
  choice.replaceChildren(new Option("本机", ""), ...found.map((one) => new Option(`${one.zh}${one.players ? "" : "（没有连上）"}`, one.device)));
  choice.value = kept;
  const box = document.querySelector('[data-part="speakers"]');
  if (box.contains(document.activeElement)) return; // Somebody is at a slider: it is not taken away under the hand.
  box.replaceChildren(...found.map(speaker));
}

function speaker(one) {
  const value = el("strong", {}, `${one.volume}%`);
  const slider = el("input", { type: "range", min: "0", max: "100", step: "5", value: String(one.volume), "aria-label": `${one.zh}音量`, "data-speaker": one.device });
  slider.addEventListener("input", () => setText(value, null, `${slider.value}%`));
  slider.addEventListener("change", () => set(one.device, Number(slider.value)));
  return el(
    "article",
    { class: "voice__speaker" },
    el("span", {}, one.zh, el("span", { class: "quiet" }, one.players ? ` · 已连上 ${one.players} 台` : " · 没有连上")),
    value,
    slider,
    el("span", { class: "quiet" }, `设置文件 ${one.usual}%`),
  );
}

async function set(device, volume) {
  try {
    const view = await command(`${BASE}/volume`, { speaker: device, volume }, { tries: 2 });
    speakers(view.speakers);
    tell(`${view.speakers.find((one) => one.device === device).zh}音量 ${volume}%，已生效`, "good");
  } catch (problem) {
    tell(problem.zh, "bad");
  }
}

form.addEventListener("submit", hear);
form.elements.text.value = "户政，零三一号，请到三十二号窗口";
