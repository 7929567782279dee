/** Which papers a clerk has ticked (材料勾选): kept in this tab for the few tickets at hand; nobody else needs it. */
const STORE = "ow-ticks";
const MOST = 12;

export class Ticks {
  /** @type {Map<string, Set<string>>} ticket -> ticked papers, the latest ticket last */
  #kept = new Map();

  constructor() {
    try {
      this.#kept = new Map(JSON.parse(sessionStorage.getItem(STORE) ?? "[]").map(([ticket, papers]) => [ticket, new Set(papers)]));
    } catch {
      // Nothing kept, or no storage: all boxes are empty.
    }
  }

  has(ticket, paper) {
    return this.#kept.get(ticket)?.has(paper) ?? false;
  }

  set(ticket, paper, on) {
    const papers = this.#kept.get(ticket) ?? new Set();
    if (on) papers.add(paper);
    else papers.delete(paper);
    this.#kept.delete(ticket);
    this.#kept.set(ticket, papers);
    while (this.#kept.size > MOST) this.#kept.delete(this.#kept.keys().next().value);
    try {
      sessionStorage.setItem(STORE, JSON.stringify([...this.#kept].map(([name, ticked]) => [name, [...ticked]])));
    } catch {
      // Ticks are a help, not a record.
    }
  }
}
