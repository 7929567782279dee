/**
 * The desk without the server (离线取号): numbers of its own while the server is away, handed in when it is back.
 *
 * The number is the page's only when it lies in its store on the disk; only then it is shown and printed.
 */
import { command, newKey } from "./api.js";
import { offlineNotes } from "./offline-notes.js";
import { keepPage, returns } from "./offline-page.js";
import { aboutOf, offlinePreview, offlineTicket, printOffline } from "./offline-slip.js";
import { OfflineStore } from "./offline-store.js";
import { handIn } from "./offline-sync.js";

/** When fewer numbers than this are left of a letter, another right is asked for. */
const FEW = 30;
const SAID_MS = 60000;
/** The view is kept for a reload so often. */
const REMEMBER_MS = 20000;
const NO_ANSWER = new Set([0, 502, 503, 504]);

export class OfflineDesk {
  #page;
  #store = new OfflineStore();
  #ready;
  #device = "";
  #offset = 0;
  #rights = [];
  #slips = [];
  #link = "starting";
  #asking = false;
  #handing = false;
  #since = 0;
  #heard = 0;
  #said = "";
  #no = "";

  /**
   * @param {object} page day, by (the principal), s (its state), inHand (a phone: it prints nothing and gets no numbers), finder, changed(), refresh()
   */
  constructor(page) {
    this.#page = page;
    this.day = page.day;
    page.finder.away = () => this.away;
    this.#ready = page.inHand ? Promise.resolve(false) : this.#begin();
    window.addEventListener("beforeunload", (event) => {
      if (!this.away || returns()) return;
      event.preventDefault();
      event.returnValue = "";
    });
  }

  async #begin() {
    try {
      this.#device = await this.#store.open(newKey());
      await this.#look();
      if (this.#link === "down") await this.#recall();
      return true;
    } catch {
      this.#no = "本机浏览器不能保存，断网时不能取号";
      return false;
    }
  }

  /** After a reload without the server: the groups and zones as they were last; who was called then is nobody now. */
  async #recall() {
    const { s } = this.#page;
    if (s.desk) return;
    const kept = await this.#store.recall("desk");
    if (kept?.day !== this.day || s.desk) return;
    s.desk = { ...kept, called: [], help: [], claims: [], recent: [], papers: [] };
    this.#page.changed();
  }

  async #look() {
    [this.#rights, this.#slips] = await Promise.all([this.#store.rights(this.day), this.#store.slips()]);
    this.#mark();
    this.#page.changed();
  }

  get #now() {
    return Date.now() + this.#offset;
  }

  /** The server is away, and this page can go on without it. */
  get away() {
    return this.#link === "down" && this.#rights.some((right) => this.#now < right.until_ms) && this.#page.finder.hall !== null;
  }

  /** Whether a command got no answer because the server is away: then the visitor gets an offline slip. */
  lost(problem) {
    return this.away && NO_ANSWER.has(problem.status);
  }

  /** The server has answered. @param {object} desk its view @param {number} offset its clock less ours, ms */
  heard(desk, offset) {
    const { day } = desk;
    this.#offset = offset;
    if (!this.#heard) keepPage();
    const now = performance.now();
    const old = !this.#heard || now - this.#heard > REMEMBER_MS;
    if (old) this.#heard = now;
    if (old) this.#ready.then((ready) => ready && this.#store.remember("desk", desk));
    if (day !== this.day) [this.day, this.#no] = [day, ""];
    this.#ready.then((ready) => ready && this.#tend());
  }

  /** @param {string} link the connection's state, see Live */
  link(link) {
    if (link === "down") this.#ready.then((ready) => ready && this.#recall());
    if (link === "down" && this.#link !== "down") [this.#since, this.#said] = [Date.now(), ""];
    // Another tab may have issued and be gone by now: what it kept is handed in from here.
    if (link === "up") this.#ready.then((ready) => ready && this.#look());
    this.#link = link;
    this.#mark();
  }

  /** On <html data-offline>: "ready" to go on alone, "away" when it does, "none" without numbers. */
  #mark() {
    document.documentElement.dataset.offline = this.away ? "away" : this.#rights.length ? "ready" : "none";
  }

  /** Sees to the right for today, and hands in what waits. One at a time; what fails is tried at the next answer. */
  async #tend() {
    if (this.#asking || this.#handing) return;
    try {
      this.#asking = true;
      await this.#askRight();
    } catch (problem) {
      if (problem.code === "no_series_left") this.#no = problem.zh;
    } finally {
      this.#asking = false;
    }
    if (this.#slips.some((slip) => slip.state === "pending")) await this.#handIn();
  }

  async #askRight() {
    const mine = this.#rights.filter((right) => right.day === this.day);
    const newest = mine.at(-1);
    const low = newest && Object.values(newest.used).some((count) => newest.most - count < FEW);
    if (this.#no || (newest && !low)) return;
    const { right, token } = await command("/api/desk/series", { device: this.#device, spent: low ? newest.no : 0 }, { tries: 1 });
    await this.#store.tidy(this.day);
    await this.#store.keep({ ...right, token });
    await this.#look();
  }

  async #handIn() {
    this.#handing = true;
    this.#page.changed();
    try {
      const taken = await handIn(this.#store, this.#page.by);
      if (taken) this.#tell(`已并入 ${taken} 个离线号，按取号时间排队`);
    } catch {
      /* away again: what is done stays done, the rest waits for the next answer */
    }
    this.#handing = false;
    await this.#look();
    this.#page.refresh();
  }

  #tell(zh) {
    this.#said = zh;
    setTimeout(() => {
      this.#said = "";
      this.#page.changed();
    }, SAID_MS);
  }

  /**
   * Issues without the server. Resolves when the slip lies on the disk.
   *
   * @param {object} body as POST /api/tickets takes it
   * @param {{visit?: string|null, number?: string}|null} same a slip of the same person
   * @param {{path: string, body: object, key: string}|null} doubt the command for this visitor that got no answer
   * @returns {Promise<{ticket: object}>}
   */
  async issue({ applicant, purpose, copies = 1, marks = [], visit = null, matter, group, zone }, same = null, doubt = null) {
    const item = matter ? { matter } : group ? { group } : { zone };
    const about = aboutOf(this.#page.finder.hall, item, purpose);
    if (!about?.windows.length) throw new Error("本机资料里没有窗口办这一项");
    const asked = { item, applicant, purpose, copies, marks, visit: visit ?? same?.visit ?? null, same: same && !same.visit ? same.number : null };
    const slip = await this.#store.take(this.day, about.group.letter, Math.round(this.#now), { asked, doubt: doubt && { ...doubt, by: this.#page.by } });
    await this.#look();
    if (!slip) throw new Error("本机的离线号已用完，请手写顺序条，恢复后按顺序补取");
    return { ticket: offlineTicket(this.#page.finder.hall, slip) };
  }

  preview(item, purpose) {
    return offlinePreview(this.#page.finder.hall, item, purpose);
  }

  #mine(id) {
    return this.#slips.find((slip) => slip.id === id) ?? null;
  }

  /** Whether the server doesn't know of this slip yet. */
  holds(id) {
    return this.#mine(id)?.state === "pending" || (this.away && this.#mine(id) !== null);
  }

  /** Takes a slip back. Resolves when that lies on the disk. */
  async void(id) {
    await this.#store.change(id, (slip) => ({ ...slip, voided: true, state: "pending" }));
    await this.#look();
  }

  /** Prints a slip by the browser; null: it is the server's to print. */
  print(id) {
    if (this.holds(id)) return printOffline(this.#page.finder.hall, this.#mine(id));
    return this.away ? { good: false, zh: "断网时只能打离线号。请手写号码。" } : null;
  }

  /** What the panel says of it; null while there is nothing to say. */
  notes() {
    const on = {
      again: (id) => this.#change(id, { state: "pending", why: null }),
      settle: (id) => this.#change(id, { state: "settled" }),
    };
    const refused = this.#slips.filter((slip) => slip.state === "refused" || (slip.state === "pending" && slip.why) || (slip.state === "taken" && slip.note));
    const waiting = this.#slips.filter((slip) => slip.state === "pending");
    const state = { link: this.#link, away: this.away, since: this.#since, no: this.#no, returns: returns(), said: this.#said, handing: this.#handing, waiting, refused };
    return offlineNotes(state, on);
  }

  async #change(id, changes) {
    await this.#store.change(id, (slip) => ({ ...slip, note: "", ...changes }));
    await this.#look();
    this.#page.refresh();
  }
}
