/** What browsers have on https alone: a screen that stays awake, and notes while it sleeps (推送). Without it, nothing. */

/** Keeps the screen on while the page is seen, if the browser will. */
export function keepAwake() {
  if (window.isSecureContext) navigator.wakeLock?.request("screen").catch(() => {});
}

/**
 * @param {string} key the server's public key, base64url
 * @param {string} at where the ticket's subscriptions go
 * @returns {Promise<boolean>} whether notes will come
 */
export async function subscribe(key, at) {
  if (!window.isSecureContext || !("serviceWorker" in navigator) || !("PushManager" in window)) return false;
  try {
    if ((await Notification.requestPermission()) !== "granted") return false;
    await navigator.serviceWorker.register("/t-worker.js", { scope: location.pathname });
    const worker = await navigator.serviceWorker.ready;
    const found = await worker.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytes(key) });
    const answer = await fetch(at, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(found),
    });
    return answer.ok;
  } catch {
    return false; // No push service reached, or not allowed: the page goes on by itself.
  }
}

/** @param {string} text base64url @returns {Uint8Array} */
function bytes(text) {
  const plain = text.replaceAll("-", "+").replaceAll("_", "/");
  return Uint8Array.from(atob(plain.padEnd(Math.ceil(plain.length / 4) * 4, "=")), (letter) => letter.charCodeAt(0));
}
