/**
 * The test card (测试卡): at the morning check each screen shows its own name and size for a few seconds, from a TV to
 * a strip of 640 × 160. It answers once the card has been drawn: a page that nobody can see never draws.
 */
import { el } from "./dom.js";

const UNDRAWN_MS = 3000;

const HUES = ["--hue-1-night", "--hue-2-night", "--hue-3-night", "--hue-4-night", "--amber", "--white"];

/** @param {HTMLElement} node @param {Object<string, string>} style */
function dress(node, style) {
  Object.assign(node.style, style);
  return node;
}

/**
 * @param {{id: string, zh: string, seconds: number}} test
 * @returns {Promise<{size: [number, number], hidden: boolean}>}
 */
export async function showCard({ zh, seconds }) {
  const size = /** @type {[number, number]} */ ([window.innerWidth, window.innerHeight]);
  document.querySelector("[data-test-card]")?.remove();
  const name = el("strong", {}, zh);
  const bars = el("div", { "aria-hidden": "true" }, ...HUES.map((hue) => dress(el("i"), { flex: "1", background: `var(${hue})` })));
  const words = el("span", {}, `测试 Test · ${size[0]} × ${size[1]}`);
  const card = el("div", { "data-test-card": true, role: "status" }, bars, name, words);
  const unit = Math.min(size[0] / 16, size[1] / 4);
  dress(card, { position: "fixed", inset: "0", zIndex: "99", display: "grid", gridTemplateRows: "12% 1fr auto", justifyItems: "center", alignItems: "center", paddingBottom: "4%", background: "var(--night)", color: "var(--white)", lineHeight: "1.1", textAlign: "center" });
  dress(bars, { display: "flex", width: "100%", height: "100%" });
  dress(name, { fontSize: `${Math.min(unit * 1.6, (size[0] * 0.9) / Math.max(4, zh.length))}px` });
  dress(words, { fontSize: `${unit * 0.7}px` });
  document.body.append(card);
  setTimeout(() => card.remove(), seconds * 1000);
  return { size, hidden: !(await drawn()) };
}

/** Whether the browser draws a frame now. @returns {Promise<boolean>} */
function drawn() {
  return new Promise((resolve) => {
    setTimeout(() => resolve(false), UNDRAWN_MS);
    requestAnimationFrame(() => requestAnimationFrame(() => resolve(true)));
  });
}
