/**
 * Handing in (并入): what the page issued without the server becomes tickets, in the order of issue.
 *
 * Whatever is sent twice counts once, so a cut, a reload or a second tab only makes it be sent again.
 */
import { command, get } from "./api.js";

const AT_ONCE = 50;

/** What the server wants to know of a slip. */
const told = ({ letter, count, issued, voided, asked: { item, applicant, purpose, copies, marks, visit, same } }) => ({ letter, count, issued, voided, ...item, applicant, purpose, copies, marks, visit, same });

/**
 * A command got no answer before its visitor got an offline slip: it must not count as well. Its key is used up;
 * or, when it was obeyed after all, its ticket is taken out, for the visitor holds the other one.
 *
 * @returns {Promise<string>} what somebody must still do, or empty
 */
async function undoubt({ path, body, key }) {
  try {
    await command("/api/desk/withdraw", {}, { key, tries: 2 });
    return "";
  } catch (problem) {
    if (problem.code !== "key_reused") throw problem;
  }
  const answer = await command(path, body, { key, tries: 2 });
  const left = [];
  for (const { id, number } of answer.tickets ?? [answer.ticket]) {
    try {
      await command(`/api/tickets/${id}/cancel`, {}, { key: `${key}-void`, tries: 2 });
    } catch (problem) {
      if (problem.code !== "wrong_state") throw problem;
      const { ticket } = await get(`/api/tickets/${id}`);
      if (ticket.state !== "cancelled") left.push(number);
    }
  }
  return left.length ? `同一人还有 ${left.join("、")}，没有人拿，已叫过：请让窗口按过号处理` : "";
}

/**
 * Hands in all that waits. Rejects when the server is away again; what is done by then stays done.
 *
 * @param {import("./offline-store.js").OfflineStore} store
 * @param {string} me the principal; only the one who asked can ask about a command without an answer
 * @returns {Promise<number>} how many were taken in
 */
export async function handIn(store, me) {
  const waiting = (await store.slips()).filter((slip) => slip.state === "pending");
  const ready = [];
  for (const slip of waiting) {
    if (slip.doubt && slip.doubt.by !== me) {
      await store.change(slip.id, (kept) => ({ ...kept, why: `取号时有一次请求没有答复，要由 ${slip.doubt.by.split(":").at(-1)} 登录后才能核对` }));
      continue;
    }
    const note = slip.doubt ? await undoubt(slip.doubt) : slip.note ?? "";
    ready.push(slip.doubt ? await store.change(slip.id, (kept) => ({ ...kept, doubt: null, note })) : slip);
  }
  let taken = 0;
  for (const [place, slips] of batches(ready)) {
    const rights = await store.rights(place.day);
    const token = rights.find((right) => right.no === place.no)?.token ?? "";
    taken += await send(store, token, slips);
  }
  return taken;
}

/** Slips of one right each, not too many at once, in the order of issue. */
function batches(slips) {
  const found = [];
  for (const slip of slips) {
    const last = found.at(-1);
    if (last && last[0].day === slip.day && last[0].no === slip.right && last[1].length < AT_ONCE) last[1].push(slip);
    else found.push([{ day: slip.day, no: slip.right }, [slip]]);
  }
  return found;
}

async function send(store, token, slips) {
  let outcomes;
  try {
    ({ slips: outcomes } = await command("/api/desk/offline", { right: token, slips: slips.map(told) }, { tries: 2 }));
  } catch (problem) {
    if (!["right_invalid", "right_of_another_day", "bad_body"].includes(problem.code)) throw problem;
    outcomes = slips.map(() => ({ outcome: "refused", zh: problem.zh }));
  }
  let taken = 0;
  for (const [n, { outcome, zh }] of outcomes.entries()) {
    taken += outcome === "taken" ? 1 : 0;
    // A void that was made while this was under way waits for the next time.
    await store.change(slips[n].id, (kept) => (kept.voided === slips[n].voided ? { ...kept, state: outcome, why: zh ?? null } : null));
  }
  return taken;
}
