/** The slip paper on the guide's page (打印纸): how much is left, and that a new roll is in. */
import { command } from "./api.js";
import { bi, el } from "./dom.js";

/**
 * In Chinese and English.
 * @param {{left: number|null, low: boolean, trouble: string}} paper
 */
function words({ left, low, trouble }) {
  if (trouble === "paper_out") return ["缺纸", "Out of paper"];
  if (trouble) return ["打印机有故障", "Printer trouble"];
  if (left === null) return low ? ["纸快用完", "Paper is low"] : ["打印纸", "Paper"];
  return low ? [`纸快用完，约剩 ${left} 张`, `Paper is low: ${left} left`] : [`纸约剩 ${left} 张`, `Paper: ${left} left`];
}

const worst = (papers) => papers.find((one) => one.trouble) ?? papers.find((one) => one.low) ?? papers[0];

export class PaperChip {
  #button;
  #dialog;
  #papers = [];

  /**
   * @param {HTMLButtonElement} button
   * @param {{say(kind: string, zh: string): void, problem(problem: object): string, closed(): void}} on
   */
  constructor(button, on) {
    this.on = on;
    this.#button = button;
    button.addEventListener("click", () => this.#ask());
  }

  /** @param {Array<object>} papers of the desk's view */
  draw(papers) {
    this.#papers = papers;
    this.#button.hidden = papers.length === 0;
    if (!papers.length) return;
    const shown = worst(papers);
    this.#button.replaceChildren(bi(...words(shown)));
    this.#button.dataset.level = shown.trouble ? "trouble" : shown.low ? "low" : "well";
  }

  /** Which printer has a new roll, and how long it is. */
  #ask() {
    this.#dialog?.remove();
    const printer = el("select", { class: "field__input", name: "printer" }, ...this.#papers.map((one) => el("option", { value: one.printer }, `${one.zh}：${words(one)[0]}`)));
    printer.value = worst(this.#papers).printer;
    const metres = el("input", { class: "field__input", name: "metres", type: "number", min: "1", max: "300", step: "1", value: String(this.#papers[0].metres) });
    const answer = (value, zh, en, kind) => el("button", { class: `button button--${kind}`, type: "submit", value }, bi(zh, en));
    this.#dialog = el(
      "dialog",
      { class: "guide__dialog card" },
      el(
        "form",
        { method: "dialog" },
        el("h2", {}, bi("换了新卷？", "A new roll of paper?")),
        el("label", { class: "guide__field" }, bi("打印机", "Printer"), printer),
        el("label", { class: "guide__field" }, bi("这一卷几米", "Length, m"), metres),
        el("div", { class: "guide__foot" }, answer("yes", "换了新卷", "It is in", "primary"), answer("no", "没有换", "No", "quiet")),
      ),
    );
    this.#dialog.addEventListener("close", () => {
      this.on.closed();
      if (this.#dialog.returnValue === "yes") this.#note(printer.value, Number(metres.value));
    });
    document.body.append(this.#dialog);
    this.#dialog.showModal();
  }

  async #note(printer, metres) {
    try {
      const { papers } = await command(`/api/desk/papers/${encodeURIComponent(printer)}`, { metres });
      this.draw(papers.map((one) => ({ ...one, metres: this.#papers[0].metres })));
      this.on.say("good", "已登记新卷");
    } catch (problem) {
      this.on.say("error", this.on.problem(problem));
    }
  }
}
