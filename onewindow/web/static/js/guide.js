/**
 * The guide's desk (导询台): puts the parts together. The field keeps the focus; arrows, Enter and Esc do everything.
 *
 * Modes: "search" (a list), "draft" (a ticket before it is issued), "issued" (its number), "ticket" (a found one). In
 * rush mode (guide-rush.js) a slip follows the search at once.
 */
import "./connection.js";
import { Chime } from "./chime.js";
import { Live } from "./live.js";
import { setText, waitText } from "./dom.js";
import { PaperChip } from "./guide-paper.js";
import { draftActs } from "./guide-draft.js";
import { Finder } from "./guide-find.js";
import { foundEntries, itemOf, restEntries } from "./guide-model.js";
import * as panel from "./guide-panel.js";
import { IN_HAND, printSlip } from "./guide-print.js";
import { listen } from "./guide-keys.js";
import { readRush, ticketIn } from "./guide-read.js";
import { rows } from "./guide-rows.js";
import { rushPage, rushState } from "./guide-rush-page.js";
import { ticketActs } from "./guide-ticket.js";
import { banner, nothingFound, problemText } from "./guide-words.js";
import { OfflineDesk } from "./offline-desk.js";

/** A press of Enter within this time after a number was issued, or a ticket opened, is a slip of the hand. */
const DEAD_MS = 1500;
const DEAD_TICKET_MS = 600;

const set = document.querySelector("script[data-day]").dataset;
const input = document.getElementById("q");
const part = (name) => document.querySelector(`[data-part="${name}"]`);
const connection = document.querySelector("ow-connection");
const chime = new Chime();

const s = { mode: "search", entries: [], chosen: 0, desk: null, found: null, draft: null, issued: null, ticket: null, said: null, reroute: null, visit: null, rush: rushState(set.day) };

const live = new Live({ path: "/api/desk", signal: "/ws/hall", heard: (ago) => connection.heard(ago), onState, onLink: (link) => [offline.link(link), draw()] });
const numberIn = (text) => ticketIn(text, s.desk?.day ?? set.day, Number(set.width));
const finder = new Finder(
  input,
  (found) => {
    s.found = found;
    s.mode = "search";
    s.draft = s.issued = s.ticket = s.said = null;
    listSearch(first());
  },
  (text) => ({ query: s.rush.on ? readRush(text, finder.hall?.applicants ?? []).query : text, ticket: numberIn(text) }),
);

const offline = new OfflineDesk({ s, day: set.day, by: set.by, inHand: IN_HAND.matches, finder, changed: draw, refresh: () => live.refresh() });

const { openDraft, setApplicant, setPurpose, stepPurpose, addCopies, toggleMark, issue } = draftActs(s, {
  hall: () => finder.hall,
  most: Number(set.folders),
  show: select,
  draw,
  say,
  issued: showIssued,
  counted: () => {
    finder.taken();
    clear({ kind: "good", zh: "已计一次咨询" });
  },
  refresh: () => live.refresh(),
  offline,
});
const { openTicket, act, rerouteTo, answerHelp, goAlong } = ticketActs(s, {
  classes: () => finder.hall?.applicants ?? [],
  show: select,
  rest: () => rest(DEAD_TICKET_MS),
  refresh: () => live.refresh(),
  say,
  clear,
  printAgain,
  goOn,
  taken: () => finder.taken(),
});
const rush = rushPage(s, {
  finder,
  input,
  part,
  main: document.getElementById("main"),
  most: Number(set.folders),
  perTurn: Number(set.copies),
  draw,
  refresh: () => live.refresh(),
  print: onPaper,
  printAgain,
  clear,
  offline,
});

const paper = new PaperChip(part("paper"), { say, problem: problemText, closed: () => IN_HAND.matches || input.focus() });
/** Draws; what is typed next replaces what stands in the field. */
function select() {
  input.select();
  draw();
}

function onState(desk, offset) {
  const waiting = (one) => (one ? one.called.length + one.help.length + one.claims.length : 0);
  if (s.desk && waiting(desk) > waiting(s.desk)) chime.ring();
  s.desk = desk;
  offline.heard(desk, offset);
  s.rush.slips.heard(desk.day, desk.recent);
  paper.draw(desk.papers);
  for (const zone of desk.zones) {
    const cell = document.querySelector(`.guide__zone[data-zone="${zone.code}"]`);
    setText(cell, "open", zone.open);
    setText(cell, "waiting", zone.waiting);
    setText(cell, "wait-zh", waitText(zone.wait).zh);
  }
  if (s.mode === "search" && finder.text === "") listSearch(s.chosen);
  if (s.mode === "issued") {
    s.entries = restEntries(desk);
    drawRows();
  }
  rush.draw();
}

/** In rush mode no row is chosen while the field is empty: an Enter too many then does nothing. */
const first = () => (s.rush.on && finder.text === "" ? -1 : 0);

function listSearch(chosen) {
  s.entries = finder.text !== "" ? foundEntries(s.found, s.desk) : restEntries(s.desk, s.rush.on ? s.rush.slips.list : s.desk?.recent);
  s.chosen = chosen < 0 ? first() : Math.min(Math.max(0, chosen), Math.max(0, s.entries.length - 1));
  draw();
}

// --- drawing ---

function draw() {
  drawRows();
  drawMode();
  part("panel").replaceChildren(...panelParts());
  rush.draw();
}

function drawRows() {
  const list = part("rows");
  list.replaceChildren(...rows(s.entries, s.chosen, pick));
  list.dataset.text = s.found?.text ?? "";
  if (s.mode === "search" && !s.entries.length && finder.text !== "" && !finder.busy) list.append(nothingFound(finder.text, s.found?.offline));
  list.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: "nearest" });
  input.setAttribute("aria-activedescendant", s.entries.length && s.chosen >= 0 ? `row-${s.chosen}` : "");
}

function drawMode() {
  const text = s.rush.on ? rush.mode() : s.reroute ? `为 ${s.reroute.number} 改签：选新的事项，Enter 确定` : s.visit ? `同一人再办一项（已有 ${s.visit.number}）` : "";
  part("mode").hidden = text === "";
  part("mode").textContent = text ? `${text}　Esc 放弃` : "";
}

function panelParts() {
  const links = { applicant: setApplicant, mark: toggleMark, purpose: setPurpose, copies: addCopies, issue, back, clear, print: printAgain, visit: goOn };
  if (s.mode === "draft") return panel.draft(s.draft, finder.hall, links, Number(set.folders), Number(set.copies));
  if (s.mode === "issued") return panel.issued(s.issued, links);
  if (s.mode === "ticket") return panel.ticket(s.ticket, s.said);
  if (s.rush.on) return rush.panel(offline.notes());
  return [offline.notes(), s.said ? banner(s.said.kind, s.said.zh) : null, ...panel.rest()].filter(Boolean);
}

// --- choosing ---

function pick(index) {
  s.chosen = index;
  if (s.mode === "draft" || s.mode === "issued") s.mode = "search";
  enter(false);
}

let resting = 0;
/** For a moment no press counts; the list says so. */
function rest(milliseconds) {
  clearTimeout(resting);
  part("rows").setAttribute("aria-busy", "true");
  resting = setTimeout(() => {
    resting = 0;
    part("rows").removeAttribute("aria-busy");
  }, milliseconds);
}

/** Presses are taken one after the other, so that Enter, Enter works though the list is still on its way. */
let presses = Promise.resolve();

function enter(shift) {
  const ticket = s.rush.on && s.mode === "search" ? numberIn(finder.text) : null;
  if (ticket) finder.clear();
  else if (s.rush.on && s.mode === "search" && finder.text !== "") return rush.enter();
  if (ticket) presses = presses.then(() => openTicket(ticket.id));
  else presses = presses.then(() => press(shift));
}

async function press(shift) {
  const looking = s.mode === "search" || finder.busy; // a fast typist's Enter comes before the list
  if (!looking && s.mode === "draft") return void issue(shift); // not waited for: a further press finds it busy
  if (!looking && resting) return null;
  if (!looking && s.mode === "issued") return clear();
  if (looking) {
    const { text } = finder;
    await finder.settled();
    if (finder.text !== text) return null;
  }
  const entry = s.entries[s.chosen];
  if (!entry) return null;
  if (s.mode === "ticket") return act(entry);
  if (entry.kind === "help") return answerHelp(entry.call);
  if (entry.kind === "escort") return goAlong(entry.ticket);
  if (["claim", "ticket", "number"].includes(entry.kind)) return openTicket(entry.ticket?.id ?? entry.id);
  const [one, item] = [entry[entry.kind], itemOf(entry)];
  return s.reroute ? rerouteTo(item) : openDraft(item, one);
}

function showIssued(answer) {
  finder.taken();
  const issued = { tickets: answer.tickets ?? [answer.ticket], print: null };
  s.issued = issued;
  s.mode = "issued";
  s.draft = null;
  s.visit = null;
  s.entries = restEntries(s.desk);
  s.chosen = -1;
  rest(DEAD_MS);
  input.select();
  draw();
  print(issued);
}

/** A slip on paper; what the printer then lacks is seen at once. */
async function onPaper(id) {
  const outcome = offline.print(id) ?? (await printSlip(id, IN_HAND.matches));
  if (!outcome.good || part("paper").dataset.level === "trouble") live.refresh();
  return outcome;
}

async function print(issued) {
  issued.print = null;
  for (const ticket of issued.tickets) issued.print = issued.print && !issued.print.good ? issued.print : await onPaper(ticket.id);
  if (s.issued === issued) draw();
  else if (!issued.print.good) say("error", `${issued.tickets[0].number}：${issued.print.zh}`);
}

async function printAgain() {
  if (s.mode === "issued") return print(s.issued);
  const id = s.mode === "ticket" ? s.ticket.id : (s.rush.on ? s.rush.slips.list : s.desk?.recent)?.[0]?.id;
  if (!id) return say("info", "还没有可重打的小票");
  const { good, zh } = await onPaper(id);
  return say(good ? "good" : "error", zh);
}

/** The next ticket belongs to the same person. */
function goOn() {
  const ticket = s.mode === "issued" ? s.issued.tickets[0] : s.ticket;
  s.visit = { id: ticket.visit, number: ticket.number, ticket: ticket.id };
  clear(null, true);
}

// --- going back ---

function say(kind, zh) {
  [s.said, s.rush.note] = [{ kind, zh }, null];
  draw();
}

function clear(said = null, keep = false) {
  if (s.rush.on) rush.adopt();
  if (!keep) s.reroute = s.visit = null;
  s.draft = s.issued = s.ticket = null;
  s.said = said && said.zh ? said : null;
  s.mode = "search";
  if (finder.text === "") {
    input.value = "";
    listSearch(first());
  } else {
    const kept = s.said;
    finder.clear();
    s.said = kept;
    draw();
  }
}

function back() {
  if (s.rush.on && s.mode === "search" && finder.text === "" && rush.escape()) return null;
  if (s.mode !== "draft") return clear();
  if (s.draft.busy) return null;
  s.mode = "search";
  s.draft = null;
  return listSearch(s.chosen);
}

function step(by) {
  if (!s.entries.length || s.mode === "draft" || s.mode === "issued") return;
  s.chosen = s.chosen < 0 && by < 0 ? s.entries.length - 1 : (s.chosen + by + s.entries.length) % s.entries.length;
  draw();
}

part("form").addEventListener("submit", (event) => event.preventDefault());
listen(s, finder, input, { enter, back, step, printAgain, applicant: setApplicant, mark: toggleMark, stepPurpose, copies: addCopies, goOn, act, rush });
live.start();
s.chosen = first();
draw();
