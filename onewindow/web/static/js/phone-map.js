/** The way on the phone (怎么走): drawn by the server, asked for anew when the windows change. */

/** @param {HTMLElement} part the section with data-windows @returns {(ticket: any) => void} */
export function mapOf(part) {
  const plan = part.querySelector('[data-part="plan"]');
  const old = part.querySelector('[data-part="plan-old"]');
  let asked = part.dataset.windows;

  async function fetchPlan(windows) {
    try {
      const answer = await fetch(`/map?to=${windows}`, { headers: { Accept: "text/html" } });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const figures = page.querySelectorAll(".hall-map");
      if (!answer.ok || !figures.length) throw new Error("no plan");
      if (asked !== windows) return;
      plan.replaceChildren(...figures);
      part.dataset.windows = windows;
      old.hidden = true;
    } catch {
      // Shown as old, never as the way to another window; asked for again with the next frame.
      if (asked === windows) asked = "";
      old.hidden = false;
    }
  }

  return (ticket) => {
    const windows = (ticket.window ? [ticket.window] : ticket.windows).join(",");
    part.hidden = !ticket.alive || ticket.state === "serving" || !windows;
    if (part.hidden || windows === asked) return;
    asked = windows;
    old.hidden = part.dataset.windows === windows;
    fetchPlan(windows);
  };
}
