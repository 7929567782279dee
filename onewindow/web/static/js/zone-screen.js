/** A zone's TV (分区屏): its windows as they stand; template screens/zone.html. May be its loudspeaker, too. */
import "./connection.js";
import { setNumber, setText, setWords } from "./dom.js";
import { Foot } from "./screen-foot.js";
import { StoppedGroups, showService, zoneWait } from "./screen-service.js";
import { FrameSocket, reloadIfChanged } from "./socket.js";

const PULSE_MS = 2500;
const foot = new Foot();
const stopped = new StoppedGroups(document);

const socket = new FrameSocket({
  path: document.body.dataset.socket,
  heard: () => document.querySelector("ow-connection")?.heard(),
  onNewServer: reloadIfChanged,
  onFrame: (frame, changed) => {
    foot.clock(frame.at);
    if (changed.has("service")) {
      showService(socket.cells.get("service"));
      showZone(socket.cells.get("zone"));
    }
    for (const key of changed) {
      const [what, name] = key.split("/");
      if (what === "window") showWindow(socket.cells.get(key), name);
      else if (what === "zone") showZone(socket.cells.get(key));
      else if (what === "notice") foot.notices(socket.cells.get(key) ?? []);
    }
  },
  onCalls: (calls) => {
    for (const call of calls) if (call.kind !== "correction") flash(call);
  },
});

/** @param {any} shown @param {string} no */
function showWindow(shown, no) {
  const node = windowNode(no);
  if (!node || !shown) return;
  node.dataset.state = shown.state;
  setNumber(node, shown.number || (shown.into ? `→ ${shown.into}` : ""));
  setWords(node, "name", shown.name_zh, shown.name_en);
  setWords(node, "state", shown.word_zh, shown.word_en);
}

/** Pulses once for each call: the class starts the animation when it is set. @param {{id: string, window: string}} call */
function flash(call) {
  const node = windowNode(call.window);
  if (!node) return;
  node.classList.remove("zone-window--new");
  void node.offsetWidth; // a recall of the number that still stands there pulses anew
  node.classList.add("zone-window--new");
  setTimeout(() => node.classList.remove("zone-window--new"), PULSE_MS);
}

/** @param {any} zone */
function showZone(zone) {
  if (!zone) return;
  setText(document, "waiting", zone.waiting);
  const wait = zoneWait(zone, socket.cells.get("service"));
  setWords(document, "wait", wait.zh, wait.en);
  stopped.show(zone.stopped);
}

/** @param {string} no @returns {HTMLElement | null} */
function windowNode(no) {
  return document.querySelector(`[data-window="${CSS.escape(no)}"]`);
}

const sound = document.querySelector("[data-speaker]");
if (sound) import("./zone-speaker.js").then(({ beSpeaker }) => beSpeaker(sound.dataset.speaker));
