/** A ticket's own page on a phone (我的号): follows its ticket, and lets its holder step out, come back or leave. */
import "./connection.js";
import { Problem, command } from "./api.js";
import { el, setText, waitText } from "./dom.js";
import { mapOf } from "./phone-map.js";
import { ratingOf } from "./phone-rate.js";
import { Teller } from "./phone-tell.js";
import { showService } from "./screen-service.js";
import { FrameSocket } from "./socket.js";

const page = /** @type {HTMLElement} */ (document.querySelector(".phone"));
const { ticket: ticketId, token, papers } = page.dataset;

/** @param {string} name @returns {HTMLElement} */
const part = (name) => page.querySelector(`[data-part="${name}"]`);

const teller = new Teller(page);
const showRating = ratingOf(page, { ticket: ticketId, token });
const showMap = mapOf(part("map"));

const socket = new FrameSocket({
  path: page.dataset.socket,
  beats: false,
  heard: () => document.querySelector("ow-connection")?.heard(),
  onFrame: (frame, changed) => {
    if (changed.has("service")) {
      showService(socket.cells.get("service"));
      page.dataset.service = socket.cells.get("service")?.kind ?? "";
    }
    if (changed.has("ticket") || changed.has("service")) show(socket.cells.get("ticket"));
    if (changed.has("passed")) showPassed(socket.cells.get("passed") ?? []);
  },
  onCalls: (calls) => {
    if (!calls.some((call) => call.kind !== "correction")) return;
    page.classList.remove("phone--new");
    void page.offsetWidth;
    page.classList.add("phone--new");
    teller.tell();
  },
  // The link no longer opens anything here: the server's page says why.
  onRefused: (code) => code !== 4429 && location.reload(),
});

/** @param {any} ticket */
function show(ticket) {
  if (!ticket || ticket.papers !== papers) {
    location.reload(); // Another day, or another matter with other papers: the page itself is another.
    return;
  }
  page.dataset.state = ticket.state === "called" && ticket.recalled ? "recalled" : ticket.state;
  page.dataset.hue = ticket.hue;
  const atWindow = ticket.state === "called" || ticket.state === "serving";
  setText(page, "group", ticket.group_zh);
  setText(page, "group-en", ticket.group_en);
  setText(page, "zone", ticket.zone_zh);
  setText(page, "lead-zh", ticket.lead_zh);
  setText(page, "lead-en", ticket.lead_en);
  setText(page, "why", ticket.why ?? "");
  setText(page, "why-en", ticket.why_en ?? "");
  if (ticket.soon && page.dataset.soon !== "yes") teller.tell();
  page.dataset.soon = ticket.soon ? "yes" : "no";
  part("soon").hidden = !ticket.soon;
  teller.show(["waiting", "called", "held", "no_show"].includes(ticket.state));
  showRating(ticket);
  showMap(ticket);
  part("priority").hidden = !ticket.priority;
  part("booked").hidden = !ticket.booked;
  const wait = waitText(ticket.wait);
  setText(page, "wait-zh", wait.zh);
  setText(page, "wait-en", wait.en);
  for (const name of ["folders", "moved"]) {
    setText(page, `${name}-zh`, ticket[`${name}_zh`]);
    setText(page, `${name}-en`, ticket[`${name}_en`]);
  }
  part("wait").hidden = socket.cells.has("service") || ticket.state !== "waiting" || Boolean(ticket.away_until || ticket.elsewhere || ticket.after.length);
  part("ways").hidden = !ticket.alive || atWindow;
  showWindows(ticket);
  part("acts").hidden = !ticket.alive;
  const may = { away: ticket.can_step_away, return: ticket.can_return, cancel: ticket.can_cancel };
  for (const [name, allowed] of Object.entries(may)) page.querySelector(`[data-do="${name}"]`).hidden = !allowed;
  document.title = atWindow ? `${ticket.lead_zh} · ${ticket.number}` : ticket.number;
}

/** @param {any} ticket */
function showWindows(ticket) {
  const state = ticket.open ? "open" : "closed";
  setText(page, "open", ticket.open ? "叫到号再过去" : "目前没有窗口开放");
  setText(page, "open-en", ticket.open ? "Go there when you are called" : "No window is open now");
  document.getElementById("ways").replaceChildren(
    ...ticket.windows.map((no) => el("span", { class: `window-chip window-chip--m window-chip--${state}` }, no)),
  );
}

/** @param {{number: string, window: string, at: string, zh: string}[]} passed */
function showPassed(passed) {
  part("passed").hidden = passed.length === 0;
  const row = (one) =>
    el("li", {}, el("strong", {}, one.number), el("span", {}, `${one.at} · ${one.window} 号窗口 `, el("span", { class: "quiet", lang: "en" }, `Window ${one.window}`)), el("span", {}, one.zh, el("span", { class: "phone__en", lang: "en" }, one.en)));
  document.getElementById("passed").replaceChildren(...passed.map(row));
}

for (const button of page.querySelectorAll("button[data-action]")) {
  button.addEventListener("click", () => ask(button.dataset.action));
}

/** Asks once more, then does it. @param {string} name */
function ask(name) {
  const dialog = /** @type {HTMLDialogElement} */ (document.getElementById(`sure-${name}`));
  dialog.returnValue = "no";
  dialog.onclose = () => dialog.returnValue === "yes" && act(name);
  dialog.showModal();
}

/** @param {string} name */
async function act(name) {
  const buttons = page.querySelectorAll("button[data-action]");
  for (const button of buttons) button.disabled = true;
  setText(page, "said", "");
  try {
    const onRetry = () => setText(page, "said", "网络不稳，正在重试…… Trying again…");
    await command(`/api/tickets/${encodeURIComponent(ticketId)}/${name}`, {}, { token, onRetry });
    setText(page, "said", "");
  } catch (problem) {
    setText(page, "said", problem instanceof Problem ? `${problem.zh} ${problem.en}` : "没有办成，请到导询台 It didn't work: see the guide desk");
  } finally {
    for (const button of buttons) button.disabled = false;
  }
}
