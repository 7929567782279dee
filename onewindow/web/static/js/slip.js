/**
 * The slip's own page: gives the paper the slip's length, and prints it when the address ends in #print.
 *
 * A page that holds it in a frame is told {slip: ticket, state: "printing" | "done"}; whether paper came out,
 * no browser can tell.
 */
const slip = document.querySelector(".slip");

function tell(state) {
  if (window.parent !== window) window.parent.postMessage({ slip: slip.dataset.ticket, state }, location.origin);
}

/** @page can't be computed in CSS: a rule is added with the height in mm, a little longer against a second page. */
function fitPaper() {
  const millimetre = slip.getBoundingClientRect().width / 80;
  const height = Math.ceil(slip.getBoundingClientRect().height / millimetre) + 1;
  const sheet = Array.from(document.styleSheets).find((one) => one.href?.includes("/css/slip.css"));
  sheet?.insertRule(`@page { size: 80mm ${height}mm; margin: 0; }`, sheet.cssRules.length);
}

await document.fonts.ready;
fitPaper();
document.documentElement.dataset.ready = "true";
if (location.hash === "#print") {
  window.addEventListener("afterprint", () => tell("done"));
  tell("printing");
  window.print();
}
