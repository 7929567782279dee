/**
 * A paired screen's link (屏幕管理连接): whatever page the screen shows, its settings come down `/ws/screen` and are
 * taken over at once: another page, colours, language, layout, volume. It flashes its name or reloads when it is told
 * to, and while somebody looks it sends what it shows. Loaded by every page that a paired screen opens.
 */
import { el } from "./dom.js";
import { Picture } from "./screen-picture.js";
import { FrameSocket, shown } from "./socket.js";

const REPORT_MS = 4000;
const AGAIN_MS = 2000;
const LONG_NAME = 7;
const START = "/screen";

const root = document.documentElement;
/** @type {{zh: string, page: string, volume: number, layout: string, theme: string, language: string, rev: number, watched: boolean} | null} */
let settings = null;
/** Where the screen is going to. */
let going = "";
let taken = 0;

const picture = new Picture(() => report());
const link = new FrameSocket({
  path: "/ws/screen",
  onFrame: (frame, changed) => {
    if (frame.kind === "order") obey(frame);
    else if (changed.has("screen")) take(link.cells.get("screen"));
  },
  // Not paired any more: the first page shows a code again.
  onRefused: () => go(START),
});

setInterval(() => report(), REPORT_MS);
document.addEventListener("visibilitychange", () => report());

function take(fresh) {
  if (!fresh) return;
  settings = fresh;
  if (location.pathname + location.search !== settings.page) {
    go(settings.page, START);
    return;
  }
  const own = root.dataset.ownTheme ?? root.dataset.theme;
  root.dataset.theme = { day: "paper", contrast: "night" }[settings.theme] ?? own;
  const strength = { day: "day", contrast: "high" }[settings.theme];
  if (strength) root.dataset.contrast = strength;
  else delete root.dataset.contrast;
  root.dataset.language = settings.language;
  root.dataset.layout = settings.layout;
  root.dataset.volume = String(settings.volume);
  taken = settings.rev;
  picture.watched(settings.watched);
  report();
}

/** @param {{order: string, seconds?: number}} frame */
function obey({ order, seconds }) {
  if (order === "reload") go(location.pathname + location.search);
  else if (order === "identify") showName(seconds ?? 10);
}

function showName(seconds) {
  document.querySelector(".name-card")?.remove();
  const name = settings?.zh ?? "";
  const card = el(
    "div",
    { class: "name-card", role: "status", "data-long": name.length > LONG_NAME },
    el("strong", { class: "name-card__zh" }, name),
    el("span", { class: "name-card__where" }, `${location.host} · ${window.innerWidth} × ${window.innerHeight}`),
  );
  document.body.append(card);
  setTimeout(() => card.remove(), seconds * 1000);
}

/**
 * Goes to a page once it can be had, and by way of the first page, which makes the screen's cookie last: a TV that is
 * sent into nothing would show a browser's error for the rest of the day.
 *
 * @param {string} page what must be there
 * @param {string} [by] the address to open
 */
async function go(page, by = page) {
  if (going === page) return;
  going = page;
  try {
    const response = await fetch(page, { cache: "no-store", headers: { Accept: "text/html" } });
    const there = new URL(response.url).pathname === new URL(page, location.href).pathname;
    // Unpaired here, still known by another process: the first page leads back, and is asked again.
    if (!response.ok || !(there || page === location.pathname)) throw new Error(`HTTP ${response.status}`);
    if (by === location.pathname + location.search) location.reload();
    else location.replace(by);
  } catch {
    setTimeout(() => {
      if (going !== page) return;
      going = "";
      if (page === START || page === settings?.page || page === location.pathname + location.search) go(page, by);
    }, AGAIN_MS);
  }
}

function report() {
  const v = shown.get(document.body.dataset.socket ?? "");
  link.send({
    shown: {
      path: location.pathname + location.search,
      v: v ?? null,
      connection: root.dataset.connection ?? "",
      size: [window.innerWidth, window.innerHeight],
      hidden: document.visibilityState === "hidden",
      rev: taken,
      picture: picture.digest,
    },
  });
}
