// @ts-check
/** The review of proposed FAQ entries: what operators answered, to edit, accept or reject. */
"use strict";

/** @param {string} act @param {Record<string, string>} more */
async function reviewed(act, more) {
  const data = await post("faq/act", { act, ...more });
  if (!data) return;
  toast(act === "accept" ? `In ${data.file}; the bot knows it now.` : "It will not be proposed again.");
  leave();
  await refresh().catch(failed);
}
/** The list's entry of a proposal. @param {any} p */
function proposalEntry(p) {
  const entry = el("button", { type: "button", "aria-current": String(p.id === state.id) },
    el("span", { class: "row" }, el("strong", {}, p.question), el("time", {}, p.times > 1 ? `${p.times} times` : "")),
    el("span", { class: "last" }, p.answer));
  if (p.personal.length) entry.append(el("span", { class: "why" }, `holds ${p.personal.join(", ")}`));
  entry.addEventListener("click", () => { keepDraft(); state.id = p.id; showList(); showProposal(p); });
  return el("li", {}, entry);
}
/** @param {any} p */
function showProposal(p) {
  document.body.classList.add("chosen");
  const question = /** @type {HTMLInputElement} */ (el("input", { id: "faq-question", maxlength: "300", lang: p.language }));
  const answer = /** @type {HTMLTextAreaElement} */ (el("textarea", { id: "faq-answer", rows: "10", maxlength: "8000", lang: p.language }));
  question.value = p.question;
  answer.value = p.answer;
  const back = button("‹", leave);
  back.classList.add("narrow");
  back.setAttribute("aria-label", "Back to the list");
  const accept = button("Accept", () => reviewed("accept", { id: p.id, question: question.value, answer: answer.value }), true);
  $("view").replaceChildren(
    el("div", { class: "top" }, back, el("h1", {}, "Proposed FAQ entry"), el("span", { class: "pill" }, p.language === "zh" ? "中文" : "English")),
    el("div", { class: "review" },
      el("label", { for: "faq-question" }, "Question, in the customer's words"), question,
      el("label", { for: "faq-answer" }, "Answer, as an operator gave it"), answer,
      ...(p.personal.length ? [el("p", { class: "why" }, `Take ${p.personal.join(", ")} out, so that it fits everybody.`)] : []),
      el("div", { class: "row" }, button("Reject", () => reviewed("reject", { id: p.id })), el("strong", {}), accept)));
  const list = (/** @type {string[]} */ items) => el("ul", {}, ...items.map((i) => el("li", {}, i)));
  $("side").replaceChildren(el("h2", {}, "Asked as"), list(p.questions), el("h2", {}, "Answered as"), list(p.answers), el("h2", {}, "By"), list(p.operators));
  question.focus();
}
function showNothing() {
  const line = state.list === "faq" ? "Choose an entry. Operators' answers appear here when a conversation ends." : "Choose a conversation. New ones appear by themselves.";
  $("view").replaceChildren(el("p", { class: "empty" }, line));
  $("side").replaceChildren();
  document.body.classList.remove("chosen", "details");
}
