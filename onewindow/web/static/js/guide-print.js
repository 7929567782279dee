/**
 * Printing a slip: at the printer that the server reaches, else by this browser, through a hidden frame.
 * Nobody waits for it: the number is on the screen before.
 */
import { command, newKey } from "./api.js";
import { el } from "./dom.js";

/** So long a frame may take to say that it prints; then the slip counts as not printed. */
const FRAME_MS = 10000;
/** A helper's phone: its slips come out at the desk's printer, and its keyboard comes only when it is asked for. */
export const IN_HAND = window.matchMedia("(max-width: 700px)");

/**
 * @param {string} ticket id
 * @param {boolean} [inHand] this browser is a helper's phone and prints nothing itself
 * @returns {Promise<{good: boolean, zh: string}>} never rejected
 */
export async function printSlip(ticket, inHand = false) {
  try {
    const job = await command(`/api/tickets/${ticket}/print`, {}, { key: newKey(), tries: 2 });
    if (job.by === "page" && inHand) return { good: false, zh: "导询台的打印机要由服务器打印（devices.csv）。请手写号码，或回导询台重打。" };
    if (job.by === "page") return await throughFrame(job.page, ticket);
    if (job.outcome === "failed") return { good: false, zh: job.zh };
    if (job.outcome === "queued") return { good: false, zh: "打印机没有反应。请手写号码；打印机好了以后这张还会出来。" };
    return { good: true, zh: job.zh || "小票已打印" };
  } catch (problem) {
    return { good: false, zh: `没有打印：${problem.zh}。请手写号码。` };
  }
}

function throughFrame(page, ticket) {
  return new Promise((resolve) => {
    document.querySelector(".print-frame")?.remove();
    const frame = el("iframe", { class: "print-frame", src: `${page}#print`, title: "小票", "aria-hidden": "true", tabindex: "-1" });
    const timer = setTimeout(() => finish({ good: false, zh: "小票页面没有打开。请手写号码，稍后重打。" }), FRAME_MS);
    const heard = (event) => {
      if (event.origin !== location.origin || event.data?.slip !== ticket) return;
      finish({ good: true, zh: "小票已送打印" });
    };
    function finish(outcome) {
      clearTimeout(timer);
      window.removeEventListener("message", heard);
      resolve(outcome);
    }
    window.addEventListener("message", heard);
    document.body.append(frame);
  });
}
