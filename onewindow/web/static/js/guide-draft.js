/** A ticket in the making on the guide's page: its choices, its preview, and asking for it once and only once. */
import { command, get, newKey } from "./api.js";
import { Draft } from "./guide-model.js";
import { toggled } from "./guide-read.js";
import { visitOf } from "./guide-ticket.js";
import { problemText } from "./guide-words.js";

/**
 * @param {object} s the page's state
 * @param {object} page what the page gives: hall(), most (copies), show(), draw(), say(kind, zh), issued(answer), counted(), refresh(), offline
 */
export function draftActs(s, page) {
  function openDraft(item, one) {
    if (!page.hall()) return page.say("error", "大厅资料还没有读到，请稍候再试");
    s.draft = new Draft(item, one.zh, one.en, page.hall());
    if (item.matter) s.draft.preview = one; // what the row knows, at once and without the server
    s.mode = "draft";
    page.show();
    look();
    return null;
  }

  /** The windows and the wait for the choices as they are now. */
  async function look() {
    const draft = s.draft;
    if (page.offline.away) draft.preview = page.offline.preview(draft.item, draft.purpose);
    if (page.offline.away) return page.draw();
    const asked = new URLSearchParams({ ...draft.item, applicant: draft.applicant, purpose: draft.purpose }).toString();
    try {
      const preview = await get(`/api/desk/preview?${asked}`);
      if (s.draft === draft) draft.preview = preview;
    } catch (problem) {
      if (s.draft === draft && page.offline.lost(problem)) draft.preview = page.offline.preview(draft.item, draft.purpose);
      else if (s.draft === draft) draft.error = problemText(problem);
    }
    return s.draft === draft ? page.draw() : null;
  }

  function setApplicant(applicant) {
    if (s.draft.change({ applicant })) look();
    page.draw();
  }

  function setPurpose(purpose) {
    if (s.draft.change({ purpose })) look();
    page.draw();
  }

  function stepPurpose(step) {
    const codes = page.hall().purposes.map((one) => one.code);
    setPurpose(codes[(codes.indexOf(s.draft.purpose) + step + codes.length) % codes.length]);
  }

  function toggleMark(code) {
    s.draft.change({ marks: toggled(s.draft.marks, code) });
    page.draw();
  }

  function addCopies(step) {
    s.draft.change({ copies: Math.min(Math.max(1, s.draft.copies + step), page.most) });
    page.draw();
  }

  /** From the server; or without it, once it is known to be away, with the asking that got no answer beside it. */
  async function issued(draft, onRetry) {
    const path = "/api/tickets";
    const same = s.visit;
    const alone = (body) => page.offline.issue(body, same, draft.sent ? { path, body, key: draft.key } : null);
    if (page.offline.away) return alone(draft.body(same?.id));
    const body = draft.body(same && (same.id ?? (await visitOf(same))));
    try {
      draft.sent = true;
      return await command(path, body, { key: draft.key, onRetry, until: () => page.offline.away });
    } catch (problem) {
      if (!page.offline.lost(problem)) throw problem;
      return alone(body);
    }
  }

  async function issue(withSlip) {
    const draft = s.draft;
    if (draft.busy) return;
    const counted = draft.purpose === "consult" && !withSlip;
    draft.busy = true;
    draft.error = "";
    page.draw();
    try {
      const onRetry = (n) => {
        draft.retry = n;
        page.draw();
      };
      const answer = counted
        ? await command("/api/consults", draft.item.group ? {} : draft.item, { key: draft.key, onRetry })
        : await issued(draft, onRetry);
      if (s.draft !== draft) return page.refresh();
      if (counted) return page.counted();
      page.issued(answer);
    } catch (problem) {
      draft.busy = false;
      draft.retry = 0;
      draft.uncertain = problem.status === 0 || problem.status >= 500;
      if (!draft.uncertain) [draft.key, draft.sent] = [newKey(), false];
      draft.error = problem.code ? problemText(problem) : problem.message;
      page.draw();
    }
    return page.refresh();
  }

  return { openDraft, setApplicant, setPurpose, stepPurpose, addCopies, toggleMark, issue };
}
