/**
 * A screen that is not paired (配对码页): asks for six digits and shows them, asks what has become of them, and goes to
 * its own page once a supervisor has confirmed them. A code that ends makes room for a new one by itself.
 */
import { command } from "./api.js";
import { minutesText, setText } from "./dom.js";

const ASK_MS = 2000;
const AGAIN_MS = 3000;

const main = /** @type {HTMLElement} */ (document.querySelector(".code"));
/** When the code that is shown ends, on the steady clock. */
let endsAt = 0;

const HOW = {
  asking: ["正在取配对码…", "Asking for a code…"],
  shown: ["请大厅主任打开“屏幕管理”，输入这六位数字", "A supervisor types these six digits on the page Screens"],
  paired: ["配对好了，正在打开", "Paired; opening its page"],
  down: ["连不上服务器，正在重试", "No answer from the server; trying again"],
};

function show(state, code = "") {
  main.dataset.state = state;
  setText(document, "how-zh", HOW[state][0]);
  setText(document, "how-en", HOW[state][1]);
  setText(document, "first", code.slice(0, 3) || (state === "paired" ? "✓" : "···"));
  setText(document, "second", code.slice(3) || (state === "paired" ? "" : "···"));
}

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** One code, from its asking to its end: resolves with the page to go to, or null when it has ended. */
async function oneCode() {
  const { code, expires_seconds: seconds } = await command("/api/screens/codes", { size: [window.innerWidth, window.innerHeight] }, { tries: 1 });
  endsAt = performance.now() + seconds * 1000;
  show("shown", code);
  for (;;) {
    await pause(ASK_MS);
    try {
      const found = await command("/api/screens/claim", {}, { tries: 1 });
      if (found.paired) return found.page;
      endsAt = performance.now() + found.expires_seconds * 1000;
      show("shown", code);
    } catch (problem) {
      if (problem.status === 410) return null;
      if (problem.status !== 429) show("down", code);
    }
  }
}

async function follow() {
  show("asking");
  for (;;) {
    try {
      const page = await oneCode();
      if (page) {
        show("paired");
        // By way of this address: it makes the cookie last, and opens what the screen is by then.
        location.replace("/screen");
        return;
      }
    } catch {
      endsAt = 0;
      show("down");
      await pause(AGAIN_MS * (0.75 + Math.random() / 2));
    }
  }
}

setInterval(() => {
  const left = Math.ceil((endsAt - performance.now()) / 1000);
  setText(document, "left", left > 0 ? `${minutesText(left)} 后换新码` : "");
}, 500);
setText(document, "where", location.host);
follow();
