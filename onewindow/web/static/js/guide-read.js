/** What stands in the guide's field: a ticket's number, a scanned slip, or in rush mode a class, what is wanted, and folders. */

const NUMBER = /^([a-z])[-\s]?(\d{1,4})$/i;
const SCANNED = /^(?:https?:\/\/\S*\/t\/)?(\d{8}-)([a-z])(\d{1,4})(?:\.[\w-]*)?$/i;

/**
 * The ticket that a text names: a typed number (Q31), a slip's id, or the address in its QR.
 *
 * @param {string} text
 * @param {string} day "2026-11-24", the day of a number without one
 * @param {number} width digits of a printed number
 * @returns {{id: string, number: string}|null}
 */
export function ticketIn(text, day, width) {
  const scanned = SCANNED.exec(text);
  const [, date, letter, digits] = scanned ?? (NUMBER.exec(text) ? [null, `${day.replaceAll("-", "")}-`, ...NUMBER.exec(text).slice(1)] : []);
  if (!letter) return null;
  const number = letter.toUpperCase() + digits.padStart(width, "0");
  return { id: date + number, number };
}

/** A scanner is still typing: nothing to look for. */
export function beingScanned(text) {
  return /^(?:https?|\d{5})/i.test(text);
}

/**
 * Rush mode's field: one key for the class, then what is wanted, then a plus for each further folder, or how many there
 * are. "1q++": an elderly person, group Q, three folders; "q*10": ten.
 *
 * @param {string} text
 * @param {Array<{code: string, key: string}>} classes the first is the standard one
 * @returns {{applicant: string|null, query: string, copies: number}} applicant null: none was named
 */
export function readRush(text, classes) {
  const plain = text.normalize("NFKC").trim();
  const keyed = /^\d(?!\d)/.test(plain) ? classes.find((one) => one.key === plain[0]) : null;
  const rest = (keyed ? plain.slice(1) : plain).trim();
  const [, many, count] = /^(.*?)\s*\*\s*(\d{0,2})$/.exec(rest) ?? [];
  const query = (many ?? rest).replace(/[+\s]+$/, "");
  const copies = many === undefined ? 1 + (rest.slice(query.length).match(/\+/g) ?? []).length : Number(count || 1);
  return { applicant: keyed ? keyed.code : null, query, copies };
}

/** How many folders, and in how many turns when one doesn't take them all. */
export function foldersText(copies, perTurn) {
  const turns = Math.ceil(copies / perTurn);
  return turns > 1 ? `${copies} 份 ${turns} 轮` : `${copies} 份`;
}

/** Whether a query is one letter, which in rush mode stands for a group and nothing else. */
export const isLetter = (query) => /^[a-z]$/i.test(query);
