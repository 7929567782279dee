/** The dialogs of screen management (屏幕设置): the code of a new screen, and what a screen is set to. */
import { get } from "./api.js";
import { open } from "./console-dialogs.js";
import { ageText, el, setText } from "./dom.js";

const KIND_OF = { hall: "大厅屏", zone: "分区屏", window: "窗口条屏", speaker: "扬声器", kiosk: "自助机" };

/** Runs what a dialog does; what is wrong stands in it, and it stays open. @param {HTMLDialogElement} dialog */
async function attempt(dialog, work) {
  const button = dialog.querySelector("[data-submit]");
  if (button.getAttribute("aria-busy") === "true") return null;
  setText(dialog, "error", "");
  button.setAttribute("aria-busy", "true");
  try {
    return await work();
  } catch (problem) {
    setText(dialog, "error", [problem.zh, problem.todoZh].filter(Boolean).join(" "));
    return null;
  } finally {
    button.removeAttribute("aria-busy");
  }
}

/** The six digits: resolves with the browser that shows them, null when it was closed. */
export function askCode() {
  return open("code", "", (dialog, on, done) => {
    const field = dialog.querySelector("[name=code]");
    field.value = "";
    setText(dialog, "error", "");
    const send = async () => {
      const code = field.value.replace(/\D/g, "");
      if (code.length !== 6) {
        setText(dialog, "error", "要六位数字");
        return;
      }
      const found = await attempt(dialog, () => get(`/api/supervisor/screens/codes/${code}`));
      if (found) done(found);
    };
    on(dialog.querySelector("form"), "submit", send);
    return field;
  });
}

/**
 * A screen's settings: resolves with what `save` gave, with "unpair", or null when it was closed.
 *
 * @param {{title: string, lead: string, button: string}} words
 * @param {object} settings at the beginning
 * @param {{id: string, kind: string, zh: string, zone: string | null, window: string | null, free: boolean}[]} devices
 * @param {(settings: object) => Promise<any>} save
 * @param {boolean} paired whether it can be unpaired
 */
export function askSettings(words, settings, devices, save, paired) {
  return open("settings", words.lead, (dialog, on, done) => {
    const form = dialog.querySelector("form");
    setText(dialog, "title", words.title);
    setText(dialog, "error", "");
    setText(dialog.querySelector("[data-submit]"), null, words.button);
    const unpair = dialog.querySelector("[data-unpair]");
    unpair.hidden = !paired;
    setText(unpair, null, "解除配对");
    form.elements.device.replaceChildren(
      el("option", { value: "" }, "清单外的屏"),
      ...devices.filter((one) => one.free || one.id === settings.device).map((one) => el("option", { value: one.id }, `${one.zh}（${KIND_OF[one.kind] ?? one.kind}）`)),
    );
    fill(form, settings);
    show(dialog, form);
    on(form.elements.device, "change", () => {
      const device = devices.find((one) => one.id === form.elements.device.value);
      if (!device) return;
      form.elements.kind.value = device.kind;
      form.elements.zh.value = device.zh;
      if (device.zone) form.elements.zone.value = device.zone;
      if (device.window) form.elements.window.value = device.window;
      show(dialog, form);
    });
    on(form.elements.kind, "change", () => {
      // A device of the files is what it is; another use makes it one of its own.
      const device = devices.find((one) => one.id === form.elements.device.value);
      if (device && device.kind !== form.elements.kind.value) form.elements.device.value = "";
      show(dialog, form);
    });
    on(form.elements.volume, "input", () => show(dialog, form));
    on(form, "submit", async () => {
      const saved = await attempt(dialog, () => save(read(form)));
      if (saved) done(saved);
    });
    on(unpair, "click", () => {
      // A second press: a TV that is unpaired by mistake has somebody walk there.
      if (unpair.dataset.sure) done("unpair");
      else {
        unpair.dataset.sure = "1";
        setText(unpair, null, "再按一次：这块屏会回到配对码");
      }
    });
    delete unpair.dataset.sure;
    return paired ? form.elements.zh : form.elements.device;
  });
}

/** Kinds that can be written in English first. */
const ENGLISH = new Set(["hall", "zone", "window", "rating"]);

function fill(form, settings) {
  for (const name of ["device", "zh", "kind", "zone", "window", "theme", "language", "volume"]) {
    if (settings[name] !== null && settings[name] !== undefined) form.elements[name].value = String(settings[name]);
  }
  form.elements.device.value = settings.device ?? "";
  form.elements.sound.checked = Boolean(settings.sound);
  for (const kind of ["hall", "zone"]) form.elements[`layout-${kind}`].value = settings.kind === kind ? settings.layout : "standard";
}

function read(form) {
  const of = (name) => form.elements[name].value;
  const kind = of("kind");
  const layout = form.elements[`layout-${kind}`];
  return {
    zh: of("zh").trim(),
    kind,
    zone: ["zone", "speaker"].includes(kind) ? of("zone") : null,
    window: ["window", "rating"].includes(kind) ? of("window") : null,
    device: of("device") || null,
    sound: form.elements.sound.checked && kind === "zone",
    volume: Number(of("volume")),
    layout: layout ? layout.value : "standard",
    theme: of("theme"),
    language: of("language"),
  };
}

/** Only what this kind of screen has. */
function show(dialog, form) {
  const kind = form.elements.kind.value;
  for (const node of form.querySelectorAll("[data-for]")) node.hidden = !node.dataset.for.split(" ").includes(kind);
  const english = form.elements.language.querySelector('[value="en"]');
  english.hidden = english.disabled = !ENGLISH.has(kind);
  if (english.disabled && english.selected) form.elements.language.value = "both";
  setText(dialog, "volume", `${form.elements.volume.value} %`);
}

/** Whose code it is, in words. */
export function whose(found) {
  return `${found.address}${found.about ? ` · ${found.about}` : ""} · ${ageText(found.shown_seconds).zh}前显示的码 ${found.code}`;
}
