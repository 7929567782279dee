/** What stops the hall's clocks, on every screen (停摆): the large banner, and the words where a wait would stand. */
import { FLAGS, setText, setWords, waitText } from "./dom.js";

/**
 * @typedef {{kind: "suspended" | "break", zh: string, en: string, text_zh: string, text_en: string,
 *            wait_zh: string, wait_en: string}} Service
 * @typedef {{letter: string, last: string}} Stopped
 */

const TURN_MS = 6000;

/** @param {Service | undefined} service what stops them now */
export function showService(service) {
  document.body.dataset.service = service?.kind ?? "";
  const banner = document.querySelector('[data-part="service"]');
  if (!banner) return;
  banner.dataset.kind = service?.kind ?? "";
  if (service) {
    setText(banner, "service-zh", service.zh);
    setText(banner, "service-en", service.en);
    setText(banner, "service-text-zh", service.text_zh);
    setText(banner, "service-text-en", service.text_en);
  }
  banner.hidden = !service;
}

/**
 * What stands where a zone's expected wait would: no estimate holds while the clocks stand still.
 *
 * @param {any} zone the zone's cell
 * @param {Service | undefined} service
 * @returns {{zh: string, en: string}}
 */
export function zoneWait(zone, service) {
  if (service && (service.kind === "suspended" || !zone?.open)) return { zh: service.wait_zh, en: service.wait_en };
  if (zone?.open) return waitText(zone.wait);
  const [zh, en] = FLAGS.closed;
  return { zh, en };
}

/** Groups that take no more numbers (停止取号), one after the other on one line. */
export class StoppedGroups {
  #line;
  /** @type {Stopped[]} */ #groups = [];
  #turn = 0;

  /** @param {ParentNode & Node} root holds the cell "stopped" */
  constructor(root) {
    this.#line = root;
    setInterval(() => this.#next(), TURN_MS);
  }

  /** @param {Stopped[]} groups */
  show(groups) {
    if (JSON.stringify(groups) !== JSON.stringify(this.#groups)) this.#turn = 0;
    this.#groups = groups;
    this.#say();
  }

  #next() {
    if (this.#groups.length < 2) return;
    this.#turn = (this.#turn + 1) % this.#groups.length;
    this.#say();
  }

  #say() {
    const one = this.#groups[this.#turn];
    const zh = one ? `${one.letter} 停止取号${one.last ? `，末号 ${one.last}` : ""}` : "";
    setWords(this.#line, "stopped", zh, one ? `${one.letter} closed${one.last ? `, last ${one.last}` : ""}` : "");
  }
}
