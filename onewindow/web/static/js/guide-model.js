/** What stands in the guide's list for what was typed, and a ticket in the making. Without the page. */
import { newKey } from "./api.js";

/**
 * What the list holds while nothing is typed: who needs a person, calls for help, claims to look at, the last slips.
 *
 * @param {object|null} desk
 * @param {Array<object>} [slips] this page's own instead of the desk's
 */
export function restEntries(desk, slips = desk?.recent ?? []) {
  if (!desk) return [];
  const called = desk.called.map((ticket) => ({ kind: "escort", ticket }));
  const help = desk.help.map((call) => ({ kind: "help", call, minutes: Math.max(0, Math.floor((desk.now_ms - call.at_ms) / 60000)) }));
  const claims = desk.claims.map((ticket) => ({ kind: "claim", ticket }));
  const recent = slips.map((ticket) => ({ kind: "ticket", ticket }));
  head(called, "已叫号，请马上过去", "Called: go with them now");
  head(help, "自助机求助", "Help at a kiosk");
  head(claims, "待核对的优先", "Priority to check");
  head(recent, "刚取的号", "Just issued");
  return [...called, ...help, ...claims, ...recent];
}

function head(entries, zh, en) {
  if (entries.length) entries[0].heading = { zh, en };
}

/**
 * The list for what was typed: a ticket's number first, a group by its letter, matters, then groups and zones by name.
 *
 * @param {{query: string, matters: Array<object>, ticket: {id: string, number: string}|null}} found
 * @param {object|null} desk the desk's view, with the live groups and zones
 */
export function foundEntries(found, desk) {
  const matters = found.matters.map((matter) => ({ kind: "matter", matter }));
  const zones = new Map((desk?.zones ?? []).map((zone) => [zone.code, zone]));
  const asGroup = (group) => ({ kind: "group", group, zone: zones.get(group.zone) });
  const letter = found.query.toUpperCase();
  const lettered = (desk?.groups ?? []).filter((group) => group.letter === letter).map(asGroup);
  const hits = found.matters.flatMap((matter) => matter.hits.map((hit) => ({ hit, matter })));
  const byName = new Set(hits.filter(({ hit }) => hit.field === "group").map(({ matter }) => matter.group));
  const groups = (desk?.groups ?? []).filter((group) => group.letter !== letter && byName.has(group.letter)).map(asGroup);
  const inZones = new Set(hits.filter(({ hit }) => hit.field === "zone").map(({ matter }) => matter.zone));
  const areas = [...zones.values()].filter((zone) => inZones.has(zone.code)).map((zone) => ({ kind: "zone", zone }));
  const number = found.ticket ? [{ kind: "number", ...found.ticket }] : [];
  const named = found.matters[0]?.hits[0]?.field;
  const loose = [...groups, ...areas];
  const rest = named === "group" || named === "zone" ? [...loose, ...matters] : [...matters, ...loose];
  return [...number, ...lettered, ...rest];
}

/** What a matter's, a group's or a zone's row asks for, as the server wants it. */
export function itemOf(entry) {
  const one = entry[entry.kind];
  return entry.kind === "matter" ? { matter: one.code } : entry.kind === "group" ? { group: one.letter } : { zone: one.code };
}

/** A ticket in the making. */
export class Draft {
  constructor(item, title, titleEn, hall) {
    this.item = item;
    this.title = title;
    this.titleEn = titleEn;
    this.applicant = hall.applicants[0].code;
    this.purpose = hall.purposes[0].code;
    this.copies = 1;
    this.marks = [];
    this.preview = null;
    this.busy = false;
    /** The last asking got no answer: it may have been done. Only the very same may be asked again. */
    this.uncertain = false;
    this.error = "";
    this.retry = 0;
    /** It was asked for, whether or not an answer came. */
    this.sent = false;
    this.key = newKey();
  }

  get locked() {
    return this.busy || this.uncertain;
  }

  /** Changes a choice; what is asked is another thing then, under another key. */
  change(changes) {
    if (this.locked) return false;
    Object.assign(this, changes);
    this.key = newKey();
    this.error = "";
    this.sent = false;
    return true;
  }

  /** What is asked of the server. */
  body(visit) {
    const body = { ...this.item, applicant: this.applicant, purpose: this.purpose, channel: "guide" };
    if (this.copies > 1) body.copies = this.copies;
    if (this.marks.length) body.marks = this.marks;
    if (visit) body.visit = visit;
    return body;
  }
}
