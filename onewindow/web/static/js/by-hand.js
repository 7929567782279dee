/** The list to call by (叫号清单): fetched anew while the server answers; when it doesn't, the last one stays, to be printed. */

const EVERY_MS = 20000;
const PATIENCE_MS = 8000;
const part = (name) => document.querySelector(`[data-part="${name}"]`);

const print = part("print");
print.hidden = false;
print.addEventListener("click", () => window.print());

async function fresh() {
  const cut = new AbortController();
  const timer = setTimeout(() => cut.abort(), PATIENCE_MS);
  try {
    const answer = await fetch(location.href, { credentials: "same-origin", cache: "no-store", redirect: "error", signal: cut.signal });
    if (!answer.ok) throw new Error(String(answer.status));
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    part("list").replaceWith(page.querySelector('[data-part="list"]'));
    part("stale").hidden = true;
  } catch {
    part("stale").hidden = false;
  } finally {
    clearTimeout(timer);
    setTimeout(fresh, EVERY_MS);
  }
}

setTimeout(fresh, EVERY_MS);
