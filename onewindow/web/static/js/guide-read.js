/** What stands in the guide's field: a ticket's number, a scanned slip, or in rush mode a class, what is wanted, and folders. */

const NUMBER = /^([a-z])[-\s]?(\d{1,6})$/i;
const SCANNED = /^(?:https?:\/\/\S*\/t\/)?(\d{8}-)([a-z])(\d{1,6})(?:\.[\w-]*)?$/i;

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

/** What staff should know of a visitor (标记), each with its key; the hall's files leave these keys free. */
export const MARKS = [
  { code: "deaf", key: "8", zh: "听障", en: "Deaf" },
  { code: "accompany", key: "9", zh: "陪同", en: "Accompany" },
];

/**
 * Rush mode's field: one key for the class and one for each mark, then what is wanted, then a plus for each further
 * folder, or how many there are. "19q++": an elderly person, to be accompanied, group Q, three folders; "q*10": ten.
 *
 * @param {string} text
 * @param {Array<{code: string, key: string}>} classes the first is the standard one
 * @returns {{applicant: string|null, marks: string[], query: string, copies: number}} applicant null: none was named
 */
export function readRush(text, classes) {
  const plain = text.normalize("NFKC").trim();
  const { applicant, marks, length } = keyed(plain, classes);
  const rest = plain.slice(length).trim();
  const [, many, count] = /^(.*?)\s*\*\s*(\d{0,2})$/.exec(rest) ?? [];
  const query = (many ?? rest).replace(/[+\s]+$/, "");
  const copies = many === undefined ? 1 + (rest.slice(query.length).match(/\+/g) ?? []).length : Number(count || 1);
  return { applicant, marks, query, copies };
}

/** The keys in front: at most one class, and each mark once. Anything else in digits is what is looked for. */
function keyed(plain, classes) {
  const none = { applicant: null, marks: [], length: 0 };
  const [keys] = /^\d*/.exec(plain);
  const found = [...keys].map((key) => classes.find((one) => one.key === key) ?? MARKS.find((mark) => mark.key === key));
  const marks = MARKS.filter((mark) => found.includes(mark));
  const named = found.filter((one) => one && !MARKS.includes(one));
  if (named.length > 1 || named.length + marks.length < keys.length) return none;
  return { applicant: named[0]?.code ?? null, marks: marks.map((mark) => mark.code), length: keys.length };
}

/** The field's text with something else in it: a class, marks, what is wanted. */
export function rewritten(text, classes, changes) {
  const now = { ...readRush(text, classes), ...changes };
  const standard = now.applicant === null || now.applicant === classes[0].code;
  const keys = [standard ? null : classes.find((one) => one.code === now.applicant), ...MARKS.filter((mark) => now.marks.includes(mark.code))];
  const folders = now.copies > 3 ? `*${now.copies}` : "+".repeat(now.copies - 1);
  return keys.map((one) => one?.key ?? "").join("") + now.query + folders;
}

/** Marks with one of them added, or taken away. */
export const toggled = (marks, code) => (marks.includes(code) ? marks.filter((one) => one !== code) : [...marks, code]);

/** How many folders, and in how many turns when one doesn't take them all. */
export function foldersText(copies, perTurn) {
  const turns = Math.ceil(copies / perTurn);
  return turns > 1 ? `${copies} 份 ${turns} 轮` : `${copies} 份`;
}

/** Whether a query is one letter, which in rush mode stands for a group and nothing else. */
export const isLetter = (query) => /^[a-z]$/i.test(query);
