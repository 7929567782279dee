/** The page that is a loudspeaker (扬声器页); template speaker.html. */
import "./connection.js";
import { setText } from "./dom.js";
import { playSpeaker } from "./speaker-socket.js";

const box = /** @type {HTMLElement} */ (document.querySelector(".speaker"));
const tap = /** @type {HTMLButtonElement} */ (document.getElementById("tap"));
let muted = true;
let held = false;
let refused = false;

const speaker = playSpeaker(document.body.dataset.socket, {
  heard: () => {
    refused = false;
    document.querySelector("ow-connection")?.heard();
  },
  onRefused: () => {
    refused = true;
    show();
  },
  onMuted: (value) => {
    muted = value;
    show();
  },
  onTapNeeded: (needed) => {
    tap.hidden = !needed;
  },
  onPlaying: (item) => setText(document, "now", item ? item.text_zh || item.text_en : ""),
  onVolume: (value) => setText(box, "volume", value === 100 ? "" : `音量 ${value}%`),
  onLease: (value) => {
    held = value;
    show();
  },
});
tap.addEventListener("click", () => speaker.tap());

/** What the page says, in Chinese and English. */
function words() {
  if (refused) return ["没有权限：请用扬声器的账号或令牌登录本机", "Not allowed: sign in as a loudspeaker on this machine"];
  if (muted) return ["无声", "No sound"];
  return held ? ["有声，正在值守", "Sound is on; this one speaks"] : ["待命：另一台设备正在播报", "Standing by: another device speaks"];
}

function show() {
  box.dataset.sound = !muted && held ? "on" : "off";
  const [zh, en] = words();
  setText(box, "state", zh);
  setText(box, "state-en", en);
}
