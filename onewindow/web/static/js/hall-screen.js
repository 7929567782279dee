/** The hall's TV (大厅屏): standing calls, newest on top, and the zones' queues; template screens/hall.html. */
import "./connection.js";
import { FLAGS, fromTemplate, setNumber, setText, setWords } from "./dom.js";
import { Pager } from "./screen-layout.js";
import { Foot } from "./screen-foot.js";
import { StoppedGroups, showService, zoneWait } from "./screen-service.js";
import { FrameSocket, reloadIfChanged } from "./socket.js";

const FRESH_MS = 20000;
const TURN_MS = 5000;
const PULSE_MS = 2500;

const list = /** @type {HTMLElement} */ (document.getElementById("calls"));
const empty = /** @type {HTMLElement} */ (document.getElementById("no-calls"));
const zones = Array.from(document.querySelectorAll("[data-zone]"), (node) => node.dataset.zone);
const foot = new Foot();
/** Ids of calls made a moment ago. @type {Set<string>} */
const fresh = new Set();
/** Those of them that have pulsed: once is enough, though pages turn and rows come and go. @type {Set<string>} */
const pulsed = new Set();
const pager = new Pager(zones);
const stopped = new Map(zones.map((code) => [code, new StoppedGroups(zoneNode(code))]));

const socket = new FrameSocket({
  path: document.body.dataset.socket,
  heard: () => document.querySelector("ow-connection")?.heard(),
  onNewServer: reloadIfChanged,
  onFrame: (frame, changed) => {
    foot.clock(frame.at);
    if (changed.has("service")) {
      showService(socket.cells.get("service"));
      for (const code of zones) showZone(code, socket.cells.get(`zone/${code}`));
      showCalls();
    }
    for (const key of changed) {
      const [what, name] = key.split("/");
      if (what === "zone") showZone(name, socket.cells.get(key));
      else if (what === "notice") foot.notices(socket.cells.get(key) ?? []);
    }
    if ([...changed].some((key) => key.startsWith("call/"))) showCalls();
  },
  onCalls: (calls) => {
    for (const call of calls) {
      if (call.kind === "correction") continue;
      fresh.add(call.id);
      setTimeout(() => {
        fresh.delete(call.id);
        pulsed.delete(call.id);
        showCalls();
      }, FRESH_MS);
    }
    showCalls();
  },
});

setInterval(() => {
  pager.next();
  showCalls();
}, TURN_MS);

function showCalls() {
  const calls = [];
  for (const [key, call] of socket.cells) if (key.startsWith("call/")) calls.push(call);
  const page = pager.page(calls, fresh);
  setText(document, "page", page.of > 1 ? `${page.now} / ${page.of}` : "");
  empty.hidden = page.rows.length > 0;
  const rows = new Map(Array.from(list.querySelectorAll("[data-call]"), (row) => [row.dataset.call, row]));
  let place = list.firstElementChild;
  for (const call of page.rows) {
    const row = rows.get(call.id) ?? fromTemplate("call-row");
    rows.delete(call.id);
    fill(row, call);
    if (row === place) place = place.nextElementSibling;
    else list.insertBefore(row, place);
  }
  for (const row of rows.values()) row.remove();
}

/** @param {HTMLElement} row @param {any} call */
function fill(row, call) {
  // While service is suspended a call only stands: nobody is to set out.
  const isNew = fresh.has(call.id) && socket.cells.get("service")?.kind !== "suspended";
  const words = isNew ? [call.recalled ? FLAGS.recalled : FLAGS.called] : [];
  if (call.priority) words.push(FLAGS.priority);
  else if (call.booked) words.push(FLAGS.appointment);
  row.dataset.call = call.id;
  row.dataset.hue = call.hue;
  row.dataset.state = isNew ? (call.recalled ? "recalled" : "called") : "";
  if (isNew && !pulsed.has(call.id)) {
    pulsed.add(call.id);
    row.classList.add("hall-call--new");
    setTimeout(() => row.classList.remove("hall-call--new"), PULSE_MS);
  }
  setNumber(row, call.number);
  setText(row, "window", call.window);
  setWords(row, "zone", call.zone_zh, zoneNode(call.zone)?.dataset.en ?? "");
  setWords(row, "word", words.map(([zh]) => zh).join(" · "), words.map(([, en]) => en).join(" · "));
}

/** @param {string} code @param {any} zone */
function showZone(code, zone) {
  const node = zoneNode(code);
  if (!node || !zone) return;
  node.dataset.state = zone.open ? "open" : "closed";
  node.dataset.stopped = String(zone.stopped.length);
  setText(node, "waiting", zone.waiting);
  const wait = zoneWait(zone, socket.cells.get("service"));
  setWords(node, "wait", wait.zh, wait.en);
  stopped.get(code)?.show(zone.stopped);
}

/** @param {string} code @returns {HTMLElement} */
function zoneNode(code) {
  return document.querySelector(`[data-zone="${CSS.escape(code)}"]`);
}
