/**
 * A miniature (缩略画面): what a screen's own browser has sent of its page, drawn at the screen's size and scaled down.
 * It stands in a frame without scripts, and nothing in it can be used; it shows what the screen shows, never more.
 */
const FORBIDDEN = "script, iframe, object, embed, form, base, meta, link:not([rel=stylesheet]), input, video, audio";

/** @param {string} html @returns {Document} */
function parsed(html) {
  const page = new DOMParser().parseFromString(html, "text/html");
  for (const node of page.querySelectorAll(FORBIDDEN)) node.remove();
  for (const node of page.querySelectorAll("link")) {
    const own = (node.getAttribute("href") ?? "").startsWith("/static/");
    if (!own) node.remove();
  }
  for (const node of page.querySelectorAll("*")) {
    for (const { name } of Array.from(node.attributes)) {
      if (name.startsWith("on") || ["href", "src", "action", "srcset"].includes(name) && node.localName !== "link") node.removeAttribute(name);
    }
  }
  return page;
}

export class Miniature {
  #box;
  #frame;
  #styles = "";
  #size = [0, 0];
  /** @type {Document | null} */ #page = null;
  /** The digest of the picture that stands here. */
  digest = "";

  /** @param {HTMLElement} box @param {string} title */
  constructor(box, title) {
    this.#box = box;
    this.#frame = document.createElement("iframe");
    this.#frame.className = "screen-card__frame";
    this.#frame.setAttribute("sandbox", "allow-same-origin");
    this.#frame.setAttribute("scrolling", "no");
    this.#frame.setAttribute("tabindex", "-1");
    this.#frame.title = title;
    this.#frame.hidden = true;
    // A frame that is moved on the page begins anew, with its first picture.
    this.#frame.addEventListener("load", () => this.#draw());
    box.append(this.#frame);
    new ResizeObserver(() => this.#fit()).observe(box);
  }

  /** @param {{html: string, digest: string, size: [number, number]}} picture */
  show({ html, digest, size }) {
    const page = parsed(html);
    this.#page = page;
    this.#size = size;
    this.digest = digest;
    const styles = Array.from(page.querySelectorAll("link"), (node) => node.getAttribute("href")).join(" ");
    if (styles === this.#styles) this.#draw();
    else {
      this.#styles = styles;
      this.#frame.srcdoc = `<!doctype html>${page.documentElement.outerHTML}`;
    }
    this.#frame.hidden = false;
    this.#fit();
  }

  /** The same styles: only the page changes, so that it doesn't flicker. */
  #draw() {
    const inside = this.#frame.contentDocument;
    if (!this.#page || !inside?.body) return;
    for (const name of inside.documentElement.getAttributeNames()) inside.documentElement.removeAttribute(name);
    for (const { name, value } of Array.from(this.#page.documentElement.attributes)) inside.documentElement.setAttribute(name, value);
    inside.body.replaceWith(inside.importNode(this.#page.body, true));
  }

  #fit() {
    const [width, height] = this.#size;
    if (!width || !height) return;
    const scale = Math.min(this.#box.clientWidth / width, this.#box.clientHeight / height);
    Object.assign(this.#frame.style, {
      width: `${width}px`,
      height: `${height}px`,
      left: `${(this.#box.clientWidth - width * scale) / 2}px`,
      top: `${(this.#box.clientHeight - height * scale) / 2}px`,
      transform: `scale(${scale})`,
    });
  }
}
