/**
 * Brings the guide's page again while the server is away (导询台离线页): a service worker, at /guide-worker.js. It exists only
 * where the page is served by https or from this very PC; over plain http an open page must stay open.
 *
 * The server comes first, always; what it sent last is given only when it doesn't answer. Nothing that tells of the
 * hall's state is kept: no call of the API but the hall's files.
 */
const KEPT = "onewindow-guide";
const PAGE = "/guide";
const FILES = "/api/hall";
const PATIENCE_MS = 4000;
/** After the server failed to answer, its files are taken from here at once, for so long. */
const ALONE_MS = 30000;

let alone = -Infinity;

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

/** The page names what it is made of; it is answered when all of it is kept. */
self.addEventListener("message", (event) => {
  const kept = caches.open(KEPT).then((cache) => cache.addAll([PAGE, FILES, ...event.data.files]));
  event.waitUntil(
    kept.then(
      () => event.source.postMessage({ kept: true }),
      () => event.source.postMessage({ kept: false }),
    ),
  );
});

async function answer(request, name) {
  const cache = await caches.open(KEPT);
  const before = await cache.match(name);
  if (before && performance.now() - alone < ALONE_MS && name !== PAGE) return before;
  const cut = new AbortController();
  const timer = setTimeout(() => cut.abort(), before ? PATIENCE_MS : 10 * PATIENCE_MS);
  try {
    const fresh = await fetch(request, { signal: cut.signal });
    if (fresh.status >= 500 && before) throw new Error(String(fresh.status));
    alone = -Infinity;
    if (fresh.ok && fresh.type === "basic") await cache.put(name, fresh.clone());
    return fresh;
  } catch (failure) {
    alone = performance.now();
    if (before) return before;
    throw failure;
  } finally {
    clearTimeout(timer);
  }
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname, search } = new URL(request.url);
  if (request.method !== "GET" || origin !== self.location.origin) return;
  const isPage = request.mode === "navigate" && pathname === PAGE;
  if (isPage || pathname === FILES) event.respondWith(answer(request, pathname));
  else if (pathname.startsWith("/static/")) event.respondWith(answer(request, pathname + search));
});
