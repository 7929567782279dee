/**
 * Whether this page comes back by a reload while the server is away (断网重开): where the browser allows it, by https or
 * on the server's own PC, a service worker keeps the page; elsewhere the open page must stay open.
 *
 * On <html data-returns>: "yes" once all of the page is kept.
 */

const WORKER = "/guide-worker.js";
const KEPT = "onewindow-guide";

/** What the page is made of, as the browser fetched it. */
const files = () => performance.getEntriesByType("resource").map((entry) => new URL(entry.name)).filter((url) => url.origin === location.origin && url.pathname.startsWith("/static/")).map((url) => url.pathname + url.search);

/** Has the page kept, once the server has answered. Never rejects. */
export async function keepPage() {
  if (!window.isSecureContext || !("serviceWorker" in navigator)) return;
  const { serviceWorker: workers } = navigator;
  try {
    await workers.register(WORKER, { scope: "/guide" });
    const { active } = await workers.ready;
    workers.addEventListener("message", (event) => {
      document.documentElement.dataset.returns = event.data.kept ? "yes" : "no";
    });
    active.postMessage({ files: [...new Set(files())] });
  } catch {
    /* a browser that forbids it: as over plain http */
  }
}

/** Whether a reload brings the page back without the server. */
export const returns = () => window.isSecureContext && document.documentElement.dataset.returns === "yes";

/** Who signs out leaves nothing of the page behind. */
document.querySelector('form[action="/sign-out"]')?.addEventListener("submit", () => {
  if ("caches" in window) caches.delete(KEPT);
});
