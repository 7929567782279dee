/** The rating at the end of a visit, on the phone (手机评价): the second way to the same rating, whichever comes first. */
import { Problem, command } from "./api.js";
import { setText } from "./dom.js";

const LOW = 2;

/**
 * @param {HTMLElement} page
 * @param {{ticket: string, token: string}} of whose service
 * @returns {(ticket: any) => void} what shows it as the ticket's cell says
 */
export function ratingOf(page, { ticket: id, token }) {
  const part = (name) => page.querySelector(`[data-part="${name}"]`);
  let grade = 0;
  let sending = false;
  let refused = false;

  async function send() {
    if (sending || !grade) return;
    sending = true;
    const chosen = Array.from(part("reasons").querySelectorAll('[aria-pressed="true"]'), (node) => node.dataset.reason);
    try {
      await command(`/api/tickets/${encodeURIComponent(id)}/rating`, { grade, reasons: grade <= LOW ? chosen : [] }, { token });
      done("已评价，谢谢您", "Rated. Thank you");
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      refused = problem.status > 0;
      if (refused) done(problem.zh, problem.en);
      else setText(page, "rate-said", "没有连上，请稍后再评 No connection; try again");
    } finally {
      sending = false;
    }
  }

  function done(zh, en) {
    setText(page, "rated-zh", zh);
    setText(page, "rated-en", en);
    part("rate").hidden = true;
    part("rated").hidden = false;
  }

  part("rate").addEventListener("click", (event) => {
    const button = /** @type {HTMLElement} */ (event.target).closest("button");
    if (!button) return;
    if (button.dataset.grade) {
      grade = Number(button.dataset.grade);
      for (const one of part("rate").querySelectorAll("[data-grade]")) one.setAttribute("aria-pressed", String(one === button));
      part("reasons").hidden = grade > LOW;
      if (grade > LOW) send();
    } else if (button.dataset.reason) {
      button.setAttribute("aria-pressed", String(button.getAttribute("aria-pressed") !== "true"));
    } else send();
  });

  return (ticket) => {
    if (refused) return;
    part("rate").hidden = !ticket.can_rate;
    part("rated").hidden = ticket.rated === null || ticket.rated === undefined;
  };
}
