/** The slips of this page (本台小票): the last five, kept over a reload, so that undoing never hits a colleague's. */

const KEPT = 5;
const PLACE = "guide.slips";

export class Slips {
  #day;
  /** The newest first: {id, number, visit, group_zh, matter_zh, issued_hhmm, state, priority}. */
  list = [];

  /** @param {string} day slips of another day are forgotten */
  constructor(day) {
    this.#day = day;
    try {
      const kept = JSON.parse(sessionStorage.getItem(PLACE) ?? "null");
      if (kept?.day === day && Array.isArray(kept.list)) this.list = kept.list;
    } catch {
      this.list = []; // a browser that keeps nothing: the page still works until it is closed
    }
  }

  /** An issued or changed ticket, as the server told it. */
  put(ticket) {
    const { id, number, visit, group_zh, matter_zh, issued_hhmm, state, priority, window, offline } = ticket;
    const slip = { id, number, visit, group_zh, matter_zh, issued_hhmm, state, priority, window, offline };
    const place = this.list.findIndex((known) => known.id === id);
    if (place < 0) this.list.unshift(slip);
    else Object.assign(this.list[place], slip);
    this.list.length = Math.min(this.list.length, KEPT);
    this.#keep();
    return this.list.find((known) => known.id === id) ?? slip;
  }

  knows(id) {
    return this.list.some((known) => known.id === id);
  }

  /** What the desk knows of them by now; tickets of others are passed over. A new day begins with none. */
  heard(day, tickets) {
    if (day !== this.#day) this.list = [];
    this.#day = day;
    for (const ticket of tickets) {
      const mine = this.list.find((known) => known.id === ticket.id);
      if (mine) Object.assign(mine, { state: ticket.away ? "away" : ticket.state, window: ticket.window });
    }
  }

  #keep() {
    try {
      sessionStorage.setItem(PLACE, JSON.stringify({ day: this.#day, list: this.list }));
    } catch {
      /* a full or forbidden store: only the memory of a reload is lost */
    }
  }
}
