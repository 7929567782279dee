/**
 * The picture of a screen (屏上画面): what stands on its page at this moment, as HTML without scripts. Sent only while
 * a supervisor looks, and only when something has changed; what is marked private stays here.
 */
const PACE_MS = 700;
const LEFT_OUT = "script, template, noscript, meta, [data-private], link:not([rel=stylesheet])";

export class Picture {
  #onSent;
  #observer;
  #watched = false;
  #timer = 0;
  #sending = false;
  /** The digest of what was last sent and still stands on the page; empty: nothing was, or it is old. */
  digest = "";

  /** @param {() => void} onSent */
  constructor(onSent) {
    this.#onSent = onSent;
    this.#observer = new MutationObserver(() => this.#stir());
  }

  /** @param {boolean} watched whether somebody looks */
  watched(watched) {
    if (watched === this.#watched) return;
    this.#watched = watched;
    this.digest = "";
    if (watched) {
      this.#observer.observe(document.documentElement, { subtree: true, childList: true, attributes: true, characterData: true });
      this.#stir();
    } else this.#observer.disconnect();
  }

  #stir() {
    if (!this.#watched || this.#timer) return;
    this.#timer = setTimeout(() => {
      this.#timer = 0;
      this.#send();
    }, PACE_MS);
  }

  async #send() {
    if (this.#sending) {
      this.#stir();
      return;
    }
    const html = capture();
    const digest = digestOf(html);
    if (digest === this.digest) return;
    this.digest = "";
    this.#sending = true;
    try {
      const size = [window.innerWidth, window.innerHeight];
      const response = await fetch("/api/screens/picture", {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ html, digest, size }),
      });
      if (!response.ok) throw new Error(`HTTP ${response.status}`);
      this.digest = digest;
      this.#onSent();
    } catch {
      setTimeout(() => this.#stir(), 5 * PACE_MS);
    } finally {
      this.#sending = false;
    }
  }
}

/**
 * The page as it stands. What isn't drawn is empty (a kiosk's page holds every matter of the hall), but stays in its
 * place, so that the styles' rules about neighbours hold.
 *
 * @returns {string}
 */
function capture() {
  const page = /** @type {HTMLElement} */ (document.documentElement.cloneNode(true));
  const copies = Array.from(page.querySelectorAll("body *"));
  const undrawn = Array.from(document.querySelectorAll("body *"), (node) => node.getClientRects().length === 0 && getComputedStyle(node).display === "none");
  for (const [at, copy] of copies.entries()) if (undrawn[at]) copy.replaceChildren();
  for (const node of page.querySelectorAll(LEFT_OUT)) node.remove();
  return page.outerHTML;
}

/** FNV-1a: plain http has no `crypto.subtle`, and nobody gains by a false one. @param {string} text @returns {string} */
function digestOf(text) {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return `${text.length.toString(36)}-${(hash >>> 0).toString(36)}`;
}
