/**
 * Which calls a hall's screen shows when there are more than it has rows (分页). Pure.
 *
 * Up to `rows` calls stand newest first. With more, the fresh ones stay on top, at least one and at most three,
 * and the others take turns in the rows beneath, zone by zone, so that people find their own zone together.
 */

/**
 * @template {{id: string, call: number, zone: string}} Row
 * @param {Row[]} calls every standing call
 * @param {Set<string>} fresh ids of those made a moment ago
 * @param {string[]} zones codes in the hall's order
 * @param {number} turn which page, counted on for ever
 * @param {number} [rows]
 * @returns {{rows: Row[], now: number, of: number}}
 */
export function pageOf(calls, fresh, zones, turn, rows = 6) {
  const newest = [...calls].sort((a, b) => b.call - a.call);
  if (newest.length <= rows) return { rows: newest, now: 1, of: 1 };
  const top = Math.min(3, Math.max(1, newest.filter((call) => fresh.has(call.id)).length));
  const head = newest.slice(0, top);
  const rest = newest.slice(top);
  const pages = zones.flatMap((zone) => chunks(rest.filter((call) => call.zone === zone), rows - top));
  const now = turn % pages.length;
  return { rows: [...head, ...pages[now]], now: now + 1, of: pages.length };
}

/** @template T @param {T[]} list @param {number} size @returns {T[][]} */
function chunks(list, size) {
  const found = [];
  for (let start = 0; start < list.length; start += size) found.push(list.slice(start, start + size));
  return found;
}
