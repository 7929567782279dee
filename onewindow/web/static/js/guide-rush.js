/**
 * Rush mode (高峰模式): a letter or a word, Enter, and the slip is on its way; the field is free at once for the next.
 *
 * What was asked is done one after the other, in the order of the presses, each under a key of its own: a slow server
 * makes the slips come later, but none is lost, and none is issued twice.
 */
import { command, get, newKey } from "./api.js";
import { foundEntries, itemOf } from "./guide-model.js";
import { isLetter, readRush } from "./guide-read.js";
import { visitOf } from "./guide-ticket.js";
import { problemText } from "./guide-words.js";

/** After five tries without an answer the same thing is asked again so often, until there is one. */
const AGAIN_MS = 3000;
const NO_ANSWER = new Set([0, 502, 503, 504]);

/**
 * @param {object} s the page's state; s.rush = {on, jobs, last, note, target, same, slips}
 * @param {object} page what the page gives: finder, classes(), most (folders at once), draw(), refresh(), print(id), shown(), offline
 */
export function rushActs(s, page) {
  const { rush } = s;
  const { finder } = page;
  let turn = Promise.resolve();
  let paper = Promise.resolve();
  let newest = null; // the last job that issues; a slip of before the reload is found in rush.slips

  const note = (kind, zh) => {
    rush.note = { kind, zh };
    page.draw();
  };
  const lastJob = () => newest ?? (rush.slips.list[0] ? { slip: rush.slips.list[0] } : null);

  /** What was typed, as it stands at the press; the field is free at once. */
  function take() {
    const typed = { ...readRush(finder.text, page.classes()), row: null };
    const chosen = s.entries[s.chosen];
    const current = s.found?.text === finder.text && !finder.busy;
    if (current && chosen && ["matter", "group", "zone"].includes(chosen.kind)) typed.row = chosen;
    if (isLetter(typed.query) && s.chosen <= 0) typed.row = null;
    finder.taken();
    finder.clear();
    return typed;
  }

  /** What the typed words stand for. Rejects with a sentence if it is nothing. */
  async function meant({ query, row }) {
    let entry = row;
    if (!entry && isLetter(query)) {
      const group = s.desk?.groups.find((one) => one.letter === query.toUpperCase());
      entry = group ? { kind: "group", group } : null;
    } else if (!entry) {
      const { matters } = await finder.look(query);
      entry = foundEntries({ query, matters, ticket: null }, s.desk)[0];
    }
    const item = entry ? itemOf(entry) : null;
    if (item) return { item, about: item.group ? { zone: entry.group.zone } : item };
    finder.lost(query);
    throw new Error(`没有找到「${query}」`);
  }

  /** Does `work` after all that was asked before; its failure is told, and what follows goes on. */
  function queue(label, work) {
    const job = { label, slip: null, dropped: false, asking: false, tries: 0 };
    rush.jobs.push(job);
    turn = turn.then(async () => {
      job.asking = !job.dropped;
      page.draw();
      try {
        if (!job.dropped) await work(job);
      } catch (problem) {
        note("error", `${label}没有办成：${problem.code ? problemText(problem) : problem.message}`);
      }
      rush.jobs.splice(rush.jobs.indexOf(job), 1);
      page.draw();
      page.refresh();
    });
    page.draw();
    return job;
  }

  /** Asks until there is an answer, or the server is away; the key makes sure that it is done once. */
  async function ask(job, path, body, key = newKey()) {
    if (page.offline.away) throw new Error("断网时只能取号、打离线号和作废离线号");
    for (;;) {
      try {
        return await command(path, body, {
          key,
          until: () => page.offline.away,
          onRetry: () => {
            job.tries += 1;
            page.draw();
          },
        });
      } catch (problem) {
        if (!NO_ANSWER.has(problem.status) || page.offline.away) throw problem;
        job.tries += 1;
        page.draw();
        await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
      }
    }
  }

  /** A ticket from the server; or one of the page's own numbers, while the server is away. */
  async function issued(job, body, same) {
    const [key, path] = [newKey(), "/api/tickets"];
    if (page.offline.away) return page.offline.issue(body, same);
    const joined = same ? { ...body, visit: await visitOf(same) } : body;
    try {
      return await ask(job, path, joined, key);
    } catch (problem) {
      if (!page.offline.lost(problem)) throw problem;
      return page.offline.issue(body, same, { path, body: joined, key });
    }
  }

  /** The slip that a job was about, once it is its turn. */
  function slipOf(job) {
    if (!job?.slip) throw new Error("前一张没有取成");
    return job.slip;
  }

  function enter(purpose = "handle") {
    const { query, copies, applicant, marks } = readRush(finder.text, page.classes());
    if (!page.classes().length) return note("error", "大厅资料还没有读到，请稍候再试");
    if (query === "") return note("info", "先按业务组字母，或输入事项");
    if (copies > page.most) return tooMany();
    if (rush.target && (applicant || marks.length)) return note("error", "改签不换类别和标记。改完后按 ↓ 选这个号，再按那个键");
    const typed = take();
    const choice = meant(typed);
    choice.catch(() => {}); // told when its turn comes
    if (rush.target) return reroute(choice, query);
    const before = rush.same;
    rush.same = null;
    rush.note = null;
    newest = queue(`「${query}」`, async (job) => {
      const { item } = await choice;
      const body = { ...item, purpose, copies, applicant: applicant ?? page.classes()[0].code, channel: "guide" };
      if (marks.length) body.marks = marks;
      const { ticket } = await issued(job, body, before && slipOf(before));
      show(job, ticket);
    });
    return null;
  }

  function show(job, ticket, mine = true) {
    job.slip = mine ? rush.slips.put(ticket) : ticket;
    rush.last = { ticket, print: null };
    print(rush.last, job.slip);
    page.shown();
  }

  /** On paper, one after the other; the number stands on the page before. What was voided meanwhile isn't printed. */
  function print(shown, slip) {
    // What this browser prints by itself doesn't wait for a printer that may never answer.
    const before = page.offline.holds(slip.id) ? Promise.resolve() : paper;
    paper = before.then(async () => {
      if (slip.state === "cancelled") return null;
      shown.print = await page.print(shown.ticket.id);
      if (slip.state === "cancelled") return null;
      if (rush.last !== shown && !shown.print.good) return note("error", `请手写 ${shown.ticket.number}：${shown.print.zh}`);
      return page.draw();
    });
  }

  function reroute(choice, query) {
    const before = rush.target;
    rush.target = null;
    rush.note = null;
    queue(`改签「${query}」`, async (job) => {
      const [{ item }, { id }] = [await choice, slipOf(before)];
      const { ticket } = await ask(job, `/api/tickets/${id}/reroute`, item);
      show(job, ticket, rush.slips.knows(id));
      before.slip = job.slip;
      note("good", `${ticket.number} 已改签，次序不变；旧票请收回`);
    });
  }

  /** The last slip is out again, if nobody has been called with it. */
  function voidLast() {
    const before = lastJob();
    if (!before) return note("info", "没有可作废的号");
    queue("作废", async (job) => {
      const slip = slipOf(before);
      if (slip.state === "cancelled") return note("info", `${slip.number} 已经作废`);
      if (page.offline.holds(slip.id)) return voidOffline(slip);
      if (page.offline.away) throw new Error("断网时只能作废离线号");
      const { ticket } = await get(`/api/tickets/${slip.id}`);
      if (ticket.first_called_ms || ticket.state !== "waiting") return note("error", `${slip.number} 已叫过号，不能作废`);
      const answer = await ask(job, `/api/tickets/${slip.id}/cancel`, {});
      rush.slips.put({ ...ticket, state: answer.ticket.state });
      if (rush.last?.ticket.id === slip.id) rush.last = null;
      return note("good", `${slip.number} 已作废，请收回小票`);
    });
    return null;
  }

  async function voidOffline(slip) {
    await page.offline.void(slip.id);
    rush.slips.put({ ...slip, state: "cancelled" });
    if (rush.last?.ticket.id === slip.id) rush.last = null;
    return note("good", `${slip.number} 已作废，请收回小票；恢复后一并记下`);
  }

  /** The next choice is another place for the last slip. */
  function rerouteLast() {
    rush.same = null;
    rush.target = lastJob();
    if (!rush.target || rush.target.slip?.state === "cancelled") {
      rush.target = null;
      return note("info", "没有可改签的号");
    }
    return page.draw();
  }

  /** The next slip belongs to the person of the last one. */
  function samePerson() {
    rush.target = null;
    rush.same = lastJob();
    return rush.same ? page.draw() : note("info", "还没有取号");
  }

  /** A question was answered here; what stands in the field says about what. */
  function consult() {
    const { query } = readRush(finder.text, page.classes());
    const choice = query === "" ? Promise.resolve({ about: {} }) : meant(take());
    choice.catch(() => {});
    queue("咨询", async (job) => {
      const { day } = await ask(job, "/api/consults", (await choice).about);
      note("good", `已计一次咨询，今天第 ${day.consults} 次`);
    });
  }

  function tooMany() {
    return note("error", `一个号最多 ${page.most} 份。其余的请办完再取`);
  }

  /** Esc: gives up what was begun; what hasn't been sent yet, too. False when there was nothing. */
  function escape() {
    const waiting = rush.jobs.filter((job) => !job.asking && !job.dropped);
    const begun = rush.target ?? rush.same ?? rush.note;
    rush.target = rush.same = rush.note = null;
    if (!begun) for (const job of waiting) job.dropped = true;
    if (!begun && waiting.length) note("warn", `已放弃还没有发出的 ${waiting.length} 项`);
    page.draw();
    return Boolean(begun) || waiting.length > 0;
  }

  return { enter, voidLast, rerouteLast, samePerson, consult, escape, tooMany };
}
