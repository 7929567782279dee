/** A found ticket on the guide's page: what is done with it, and the claims and calls for help that wait for a guide. */
import { command, get } from "./api.js";
import { actionsOf } from "./guide-rows.js";
import { problemText } from "./guide-words.js";

/** The visit of a slip; one that was issued without the server has it from the day since it was taken in. */
export async function visitOf({ visit, ticket, id }) {
  return visit ?? (await get(`/api/tickets/${ticket ?? id}`)).ticket.visit;
}

/**
 * @param {object} s the page's state
 * @param {object} page what the page gives: classes(), show(), rest(), say(kind, zh), clear(said, keep), printAgain(), goOn(), taken(), refresh()
 */
export function ticketActs(s, page) {
  async function openTicket(id, said = null) {
    try {
      const [{ ticket }, { prints }] = await Promise.all([get(`/api/tickets/${id}`), get(`/api/tickets/${id}/prints`)]);
      ticket.prints = prints;
      s.ticket = ticket;
      s.said = said;
      s.mode = "ticket";
      s.entries = actionsOf(ticket, page.classes());
      s.chosen = 0;
      page.rest();
      page.show();
    } catch (problem) {
      page.say("error", problemText(problem));
    }
  }

  async function act(entry) {
    const [what, body] = entry.does;
    if (what === "print") return page.printAgain();
    if (what === "visit") return page.goOn();
    if (what === "reroute") {
      s.reroute = s.ticket;
      return page.clear(null, true);
    }
    if (what === "cancel") {
      s.entries = [
        { kind: "action", does: ["keep"], zh: "不取消", en: "Keep it" },
        { kind: "action", does: ["cancel-sure", {}], zh: `确定取消 ${s.ticket.number}`, en: "Cancel it" },
      ];
      s.chosen = 0;
      return page.show();
    }
    if (what === "keep") return openTicket(s.ticket.id);
    return send(what === "cancel-sure" ? "cancel" : what, body, entry.zh);
  }

  async function send(what, body, zh) {
    const { id } = s.ticket;
    s.entries = [];
    page.show();
    try {
      await command(`/api/tickets/${id}/${what}`, body);
      await openTicket(id, { kind: "good", zh: `已办：${zh}` });
    } catch (problem) {
      await openTicket(id, { kind: "error", zh: problemText(problem) });
    }
    page.refresh();
  }

  async function rerouteTo(item) {
    const { id, number } = s.reroute;
    try {
      await command(`/api/tickets/${id}/reroute`, item);
      s.reroute = null;
      page.taken();
      await openTicket(id, { kind: "good", zh: `${number} 已改签，次序不变` });
    } catch (problem) {
      page.say("error", problemText(problem));
    }
    page.refresh();
  }

  /** Whoever is to be accompanied is: by this guide. Who doesn't hear is looked for first, so the ticket is opened. */
  async function goAlong({ id, number, accompany }) {
    if (!accompany) return openTicket(id);
    try {
      await command(`/api/tickets/${id}/accompany`);
      page.say("good", `已陪同 ${number}`);
    } catch (problem) {
      page.say("error", problemText(problem));
    }
    return page.refresh();
  }

  async function answerHelp(call) {
    try {
      await command(`/api/desk/help/${encodeURIComponent(call.kiosk)}/done`);
      page.say("good", `已去${call.zh}`);
    } catch (problem) {
      page.say("error", problemText(problem));
    }
    page.refresh();
  }

  return { openTicket, act, rerouteTo, answerHelp, goAlong };
}
