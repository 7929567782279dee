/** Taking a number at the kiosk: what it is for, the claim of priority, the number. */
import { command, get, newKey } from "./api.js";
import { bi, el } from "./dom.js";
import { printSlip } from "./guide-print.js";
import { windowChip, windowWords } from "./guide-words.js";
import { ahead, notice, refusal, wait } from "./kiosk-words.js";

const part = (name) => document.querySelector(`[data-part="${name}"]`);
const action = (name) => document.querySelector(`[data-action="${name}"]`);

export class Take {
  #item = null;
  #purpose = "handle";
  #applicant = null;
  #key = "";
  /** The last press got no answer: only the very same may be asked again. */
  #uncertain = false;
  #busy = false;
  #turn = 0;
  #phones;
  #onIssued;

  /**
   * @param {boolean} phones a phone can follow the ticket: show its QR
   * @param {() => void} onIssued the number is drawn
   */
  constructor(phones, onIssued) {
    this.#phones = phones;
    this.#onIssued = onIssued;
    action("take").addEventListener("click", () => this.#issue());
    action("claim").addEventListener("click", () => this.#unfold(part("classes").hidden));
    for (const button of document.querySelectorAll("[data-class]")) {
      button.addEventListener("click", () => this.#claim(button.dataset.class));
    }
  }

  /** A number is being asked for at this moment. */
  get busy() {
    return this.#busy;
  }

  /**
   * Shows what a number would mean.
   *
   * @param {{matter: string}|{group: string}|{zone: string}} item
   * @param {string} purpose
   */
  async open(item, purpose) {
    this.#item = item;
    this.#purpose = purpose;
    this.#applicant = null;
    this.#uncertain = false;
    this.#key = newKey();
    this.#unfold(false);
    this.#mark();
    part("claim").hidden = purpose === "collect";
    part("fault").replaceChildren();
    part("papers").replaceChildren();
    part("about").replaceChildren();
    await this.#look();
  }

  async #look() {
    const turn = ++this.#turn;
    try {
      const found = await get(`/api/desk/preview?${new URLSearchParams({ ...this.#item, purpose: this.#purpose })}`);
      if (turn !== this.#turn) return;
      part("about").replaceChildren(
        el("div", { class: "kiosk__facts" }, bi("窗口", "Window"), ...windowWords(found.windows).map((word) => windowChip(word, found.open)), ahead(found.ahead), wait(found.wait)),
      );
      if (!found.open) part("fault").replaceChildren(notice("info", "窗口还没有开，可以先取号等候", "The windows are not open yet; you may take a number and wait"));
      if (this.#purpose !== "collect" && found.papers.length) {
        part("papers").replaceChildren(
          el("p", { class: "kiosk__sub" }, bi("请备好材料", "Papers to bring")),
          el("ul", { class: "papers" }, ...found.papers.map((name, at) => el("li", { class: "papers__item" }, el("span", { class: "papers__no" }, at + 1), el("span", { class: "papers__name" }, name)))),
        );
      }
    } catch (problem) {
      if (turn === this.#turn) part("fault").replaceChildren(refusal(problem));
    }
  }

  #unfold(open) {
    part("classes").hidden = !open;
    action("claim").setAttribute("aria-expanded", String(open));
  }

  #claim(code) {
    if (this.#busy || this.#uncertain) return;
    this.#applicant = this.#applicant === code ? null : code;
    this.#key = newKey();
    this.#mark();
  }

  #mark() {
    for (const button of document.querySelectorAll("[data-class]")) {
      button.setAttribute("aria-pressed", String(button.dataset.class === this.#applicant));
    }
  }

  async #issue() {
    if (this.#busy) return;
    this.#busy = true;
    action("take").setAttribute("aria-busy", "true");
    part("fault").replaceChildren();
    const body = { ...this.#item, purpose: this.#purpose, ...(this.#applicant ? { applicant: this.#applicant } : {}) };
    try {
      const onRetry = () => part("fault").replaceChildren(notice("warn", "正在连接，请稍候", "Connecting, please wait"));
      const { ticket } = await command("/api/tickets", body, { key: this.#key, onRetry });
      this.#draw(ticket);
      this.#onIssued();
    } catch (problem) {
      this.#uncertain = problem.status === 0 || problem.status >= 500;
      if (!this.#uncertain) this.#key = newKey();
      part("fault").replaceChildren(refusal(problem));
    } finally {
      this.#busy = false;
      action("take").removeAttribute("aria-busy");
    }
  }

  async #draw(ticket) {
    const paper = el("div", { "data-part": "paper" }, notice("info", "正在打印小票", "Your slip is being printed"));
    part("done").replaceChildren(
      el("strong", { class: "kiosk__number", "data-number": ticket.number }, ticket.number),
      el("div", { class: "kiosk__goto" }, bi("窗口", "Window"), ...windowWords(ticket.windows).map((word) => windowChip(word, ticket.open))),
      el("div", { class: "kiosk__wait" }, ahead(ticket.ahead), wait(ticket.wait)),
      this.#applicant ? notice("warn", "请先到导询台，由导引员确认优先", "Please see the guide first to confirm your priority") : "",
      paper,
      ...(this.#phones ? [el("img", { class: "kiosk__code", src: `/api/tickets/${ticket.id}/code.svg`, alt: "" }), el("div", { class: "kiosk__code-words" }, bi("扫码看进度", "Scan to follow your place"))] : []),
    );
    const outcome = await printSlip(ticket.id);
    const words = outcome.good
      ? notice("good", "请取走小票，听到叫号再到窗口", "Please take your slip and wait to be called")
      : notice("error", `小票没有打出来，请记住 ${ticket.number}，或到导询台`, `No slip came out: please remember ${ticket.number}, or ask the guide`);
    paper.replaceChildren(words);
  }
}
