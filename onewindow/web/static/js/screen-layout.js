/**
 * Which calls a hall's screen shows when there are more than it has rows (分页). Without the page, so that it can be
 * tried alone.
 *
 * Up to `rows` calls stand newest first. With more, the fresh ones stay on top, at least one and at most three, and
 * the others take turns beneath, zone by zone, so that people find their own zone together. The page whose calls have
 * been out of sight for longest comes next: none is ever lost, whatever comes and goes meanwhile.
 *
 * @typedef {{id: string, call: number, zone: string}} Row
 */
const TOP = 3;

export class Pager {
  #zones;
  #rows;
  #turn = 0;
  /** When each standing call was last in sight. @type {Map<string, number>} */
  #shown = new Map();
  /** What takes its turn beneath the top now. @type {Set<string>} */
  #current = new Set();

  /** @param {string[]} zones codes in the hall's order @param {number} [rows] */
  constructor(zones, rows = 6) {
    this.#zones = zones;
    this.#rows = rows;
  }

  /** The next page's turn. */
  next() {
    this.#turn += 1;
    this.#current = new Set();
  }

  /**
   * What to show now; between two turns the page stays.
   *
   * @template {Row} T
   * @param {T[]} calls every standing call
   * @param {Set<string>} fresh ids of those made a moment ago
   * @returns {{rows: T[], now: number, of: number}}
   */
  page(calls, fresh) {
    const newest = [...calls].sort((a, b) => b.call - a.call);
    if (newest.length <= this.#rows) return this.#seen({ rows: newest, now: 1, of: 1 }, []);
    const top = Math.min(TOP, Math.max(1, newest.filter((call) => fresh.has(call.id)).length));
    const rest = newest.slice(top);
    const pages = this.#zones.flatMap((zone) => chunks(rest.filter((call) => call.zone === zone), this.#rows - top));
    const page = this.#choose(pages);
    const rows = [...newest.slice(0, top), ...page];
    return this.#seen({ rows, now: pages.indexOf(page) + 1, of: pages.length }, page);
  }

  /** The page that has its turn, else the one with the call that was out of sight for longest. */
  #choose(pages) {
    const overlap = (page) => page.filter((call) => this.#current.has(call.id)).length;
    const last = (page) => Math.min(...page.map((call) => this.#shown.get(call.id) ?? -1));
    const stays = Math.max(...pages.map(overlap));
    if (stays > 0) return pages.find((page) => overlap(page) === stays);
    const oldest = Math.min(...pages.map(last));
    return pages.find((page) => last(page) === oldest);
  }

  #seen(page, rest) {
    for (const call of page.rows) this.#shown.set(call.id, this.#turn);
    for (const call of rest) this.#current.add(call.id);
    if (this.#shown.size > 500) this.#shown = new Map([...this.#shown].slice(-250));
    return page;
  }
}

/** @template T @param {T[]} list @param {number} size @returns {T[][]} */
function chunks(list, size) {
  const found = [];
  for (let start = 0; start < list.length; start += size) found.push(list.slice(start, start + size));
  return found;
}
