/** The kiosk's first screen: how long each zone's wait is, and what stops the hall at the moment (停摆). */
import { get } from "./api.js";
import { bi, el, setText, waitText } from "./dom.js";

const BOARD_MS = 4000;

/** What a visitor should know before a number is taken; "" while all goes on. Chinese, English, and what to do. */
function stopOf({ service, day }) {
  if (service?.kind === "suspended") {
    return [service.zh, service.en, `${service.text_zh}；取号请到导询台`, `${service.text_en}. For a number, please see the guide`];
  }
  if (service) return [service.zh, service.en, `${service.text_zh}；可以先取号`, `${service.text_en}. You may take a number now`];
  if (day?.phase === "closing" || day?.phase === "closed") {
    return [day.zh, "No more numbers today", "有疑问请到导询台", "Please ask at the guide desk"];
  }
  return null;
}

/** Reads the board for ever. @param {HTMLElement} stop holds the notice @param {{heard(): void}} connection */
export async function readBoard(stop, connection) {
  try {
    const { cells } = await get("/api/board");
    connection.heard();
    const { service } = cells;
    for (const tile of document.querySelectorAll("#start [data-zone]")) {
      const zone = cells[`zone/${tile.dataset.zone}`];
      if (!zone) continue;
      const wait = service?.kind === "suspended" ? { zh: service.wait_zh, en: service.wait_en } : waitText(zone.wait);
      setText(tile, "waiting", zone.waiting);
      setText(tile, "wait-zh", wait.zh);
      setText(tile, "wait-en", wait.en);
    }
    showStop(stop, stopOf(cells));
  } catch {
    // The mark says how old the figures are; the next reading comes anyway.
  }
  setTimeout(readBoard, BOARD_MS, stop, connection);
}

function showStop(box, words) {
  const said = words ? words.join() : "";
  if (box.dataset.said === said) return; // a screen reader hears a change once
  box.dataset.said = said;
  box.hidden = !words;
  if (!words) return box.replaceChildren();
  const [zh, en, thenZh, thenEn] = words;
  box.replaceChildren(el("strong", { class: "kiosk__stop-what" }, bi(zh, en)), el("span", { class: "kiosk__stop-then" }, bi(thenZh, thenEn)));
}
