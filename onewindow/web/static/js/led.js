/** A window's LED strip (窗口屏), 640 × 160; template screens/window.html. */
import "./connection.js";
import { setNumber, setText } from "./dom.js";
import { FrameSocket, reloadIfChanged } from "./socket.js";

const led = /** @type {HTMLElement} */ (document.querySelector(".led"));

const socket = new FrameSocket({
  path: document.body.dataset.socket,
  heard: () => document.querySelector("ow-connection")?.heard(),
  onNewServer: reloadIfChanged,
  onFrame: (frame, changed) => {
    if (changed.has("strip")) show(socket.cells.get("strip"));
  },
  onCalls: (calls) => {
    if (calls.some((call) => call.kind !== "correction")) flash();
  },
});

/** @param {any} strip */
function show(strip) {
  if (!strip) return;
  led.dataset.state = strip.state;
  setText(led, "window", strip.window);
  setNumber(led, strip.number);
  setText(led, "state-zh", strip.state_zh);
  setText(led, "state-en", strip.state_en);
  setText(led, "name", strip.name_zh);
}

/** The number is hidden while it may be old; when it comes back it is not to blink again. */
document.addEventListener("ow-connection", ({ detail }) => {
  if (detail.state === "stale") led.classList.remove("led--new");
});

/** Blinks three times; a recall blinks anew, though the number stays the same. */
function flash() {
  led.classList.remove("led--new");
  void led.offsetWidth;
  led.classList.add("led--new");
}
