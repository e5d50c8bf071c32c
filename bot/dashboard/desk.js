// @ts-check
/** The operators' desk: lists, one conversation, and what is done with it; live over SSE, no reload. */
"use strict";
const $ = (/** @type {string} */ id) => /** @type {HTMLElement} */ (document.getElementById(id));
const state = { me: "", csrf: "", operators: /** @type {string[]} */ ([]), lists: /** @type {Record<string, any[]>} */ ({}), read: 0, unsent: /** @type {{id: string, what: string, words: string, message_id: string}|null} */ (null), list: "queued", id: "", waiting: -1, sound: true, suggested: "", draft: /** @type {Record<string, string>} */ ({}) };
const OWNER = { bot: "with the bot", queued: "waiting", human: "taken", closed: "closed" };
const title = document.title;
const SILENCE = 15000; // milliseconds; the server sends a beat every four seconds
const LOST = "No connection to the server; trying again.";

/** @param {string} tag @param {Record<string, string>} [attributes] @param {(Node|string)[]} children */
function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}
/** @param {string} path */
async function get(path) {
  const response = await fetch("/desk/api/" + path, { signal: AbortSignal.timeout(SILENCE) });
  if (response.status === 401) { location.reload(); throw new Error("logged out"); }
  const data = await response.json();
  if (!response.ok) throw new Error(data.error);
  return data;
}
/** What the server answers to an act; null where it was refused or did not arrive, which a toast says. @param {string} path @param {Record<string, string>} what */
async function post(path, what) {
  const headers = { "content-type": "application/json", "x-csrf-token": state.csrf };
  const response = await fetch("/desk/api/" + path, { method: "POST", headers, body: JSON.stringify(what), signal: AbortSignal.timeout(SILENCE) }).catch(() => null);
  const data = response ? await response.json().catch(() => ({})) : {};
  if (response && response.ok) return data;
  toast(data.error || "The server does not answer.");
  return null;
}
/** Whether it was done. @param {string} act @param {Record<string, string>} [more] */
async function act(act, more = {}) {
  if (!(await post("act", { act, id: state.id, ...more }))) return false;
  await refresh().catch(failed);
  return true;
}
/** @param {unknown} error */
function failed(error) { toast(error instanceof Error ? error.message : String(error)); }
/** @param {string} text */
function toast(text) {
  $("toast").textContent = text;
  $("toast").classList.add("on");
  setTimeout(() => $("toast").classList.remove("on"), 4000);
}
function beep() {
  if (!state.sound) return;
  try {
    const audio = new AudioContext();
    const tone = audio.createOscillator(), gain = audio.createGain();
    tone.connect(gain).connect(audio.destination);
    tone.frequency.value = 740;
    gain.gain.setValueAtTime(0.12, audio.currentTime);
    gain.gain.exponentialRampToValueAtTime(0.001, audio.currentTime + 0.35);
    tone.start();
    tone.stop(audio.currentTime + 0.36);
  } catch { /* no sound here */ }
}
/** @param {number} seconds */
function ago(seconds) { return seconds < 60 ? "now" : seconds < 3600 ? `${Math.floor(seconds / 60)} min` : `${Math.floor(seconds / 3600)} h`; }

async function refresh() {
  const [lists, faq] = await Promise.all([get("conversations"), get("faq").catch(() => [])]);
  state.lists = { ...lists, faq };
  state.read = Date.now();
  const waiting = state.lists.queued.length;
  if (state.waiting >= 0 && waiting > state.waiting) beep();
  state.waiting = waiting;
  document.title = waiting ? `(${waiting}) ${title}` : title;
  showList();
  showPolicy().catch(() => {});
  if (state.id && state.list !== "faq") await showConversation();
}
/** When a person takes over, in words, who is at the desk, and how customers rated. */
async function showPolicy() {
  const p = await get("policy");
  const here = !p.staff.open ? "The desk is closed now." : p.staff.present === 0 ? "Nobody is at the desk." : "The desk is open.";
  const rated = p.rating.count ? `Customers rated ${p.rating.mean} of 5 on average (${p.rating.count}).` : "No ratings yet.";
  /** @type {HTMLElement} */ ($("policy").lastElementChild).replaceChildren(...[...p.policy, here, rated].map((line) => el("p", {}, line)));
}
function showList() {
  for (const tab of document.querySelectorAll("nav button")) {
    const name = /** @type {HTMLElement} */ (tab).dataset.list || "";
    tab.setAttribute("aria-selected", String(name === state.list));
    /** @type {HTMLElement} */ (tab.querySelector("b")).textContent = String((state.lists[name] || []).length || "");
  }
  $("list").replaceChildren(...(state.lists[state.list] || []).map((c) => {
    if (state.list === "faq") return proposalEntry(c);
    const when = c.owner === "queued" ? `waits ${ago(c.waiting_seconds + (Date.now() - state.read) / 1000)}` : ago(Date.now() / 1000 - c.at);
    const button = el("button", { type: "button", "aria-current": String(c.id === state.id) },
      el("span", { class: "row" }, face(c.mood), el("strong", {}, c.name), el("time", {}, when)),
      el("span", { class: "last" }, c.last));
    if (c.owner === "queued" && c.reasons.length) button.append(el("span", { class: "why" }, c.reasons[0]));
    if (c.tags.length) button.append(el("span", { class: "small" }, c.tags.join(", ")));
    if (c.owner === "human") button.append(el("span", { class: "small" }, c.operator === state.me ? "yours" : c.operator));
    button.addEventListener("click", () => choose(c.id));
    return el("li", {}, button);
  }));
}
/** The mood of the last message as a coloured dot with its name. @param {number[]} moods */
function face(moods) {
  const last = moods.length ? moods[moods.length - 1] : 0;
  const name = last < -0.5 ? "angry" : last < -0.15 ? "unhappy" : last > 0.3 ? "pleased" : "neutral";
  return el("span", { class: `dot ${name}`, role: "img", "aria-label": name, title: name });
}
/** @param {string} id */
async function choose(id) { keepDraft(); state.id = id; showList(); await showConversation(true); }
/** Back to the list; what was written stays. */
function leave() { keepDraft(); state.id = ""; showNothing(); showList(); }
function keepDraft() { const box = /** @type {HTMLTextAreaElement|null} */ (document.getElementById("text")); if (box && box.dataset.id) state.draft[box.dataset.id] = box.value; }

async function showConversation(fresh = false) {
  let c;
  const wanted = state.id;
  try { c = await get("conversation?id=" + encodeURIComponent(wanted)); } catch (error) { failed(error); return; }
  if (wanted !== state.id) return; // another was chosen meanwhile
  const mine = c.owner === "human" && c.operator === state.me;
  document.body.classList.add("chosen");
  const log = document.getElementById("log");
  const follow = fresh || !log || log.scrollTop + log.clientHeight > log.scrollHeight - 60;
  const top = showTop(c, mine), turns = el("div", { id: "log", class: "log", role: "log", tabindex: "0" }, ...c.turns.map((/** @type {any} */ t) => showTurn(t, c)));
  const write = /** @type {HTMLElement|null} */ (document.querySelector(".write"));
  // The box stays where it is while the same person writes in it: a new turn must not break an input method.
  if (write && log && write.dataset.of === `${c.id} ${mine}`) {
    const old = /** @type {HTMLElement} */ (document.querySelector(".top"));
    if (old.dataset.of !== top.dataset.of || !old.contains(document.activeElement)) old.replaceWith(top); // or somebody chooses there
    const at = log.scrollTop;
    log.replaceWith(turns);
    turns.scrollTop = at;
  } else {
    keepDraft();
    $("view").replaceChildren(top, turns, showWrite(c, mine));
    if (mine) $("text").focus();
  }
  state.suggested = c.suggested;
  if (follow) turns.scrollTop = turns.scrollHeight;
  showSide(c);
}
/** @param {string} label @param {() => void} run @param {boolean} [primary] */
function button(label, run, primary = false) {
  const b = el("button", { type: "button", ...(primary ? { class: "primary" } : {}) }, label);
  b.addEventListener("click", run);
  return b;
}
/** A list, and beside what is chosen the button that does it. @param {string} verb @param {string} label @param {string[]} items @param {(item: string) => void} run */
function choice(verb, label, items, run) {
  const select = /** @type {HTMLSelectElement} */ (el("select", { "aria-label": label }, el("option", { value: "" }, label), ...items.map((i) => el("option", { value: i }, i))));
  const go = button(verb, () => run(select.value), true);
  go.hidden = true;
  select.addEventListener("change", () => { go.hidden = !select.value; });
  return [select, go];
}
/** @param {any} c @param {boolean} mine */
function showTop(c, mine) {
  const back = button("‹", leave);
  back.classList.add("narrow");
  back.setAttribute("aria-label", "Back to the list");
  const details = button("Details", () => document.body.classList.toggle("details"));
  details.classList.add("narrow");
  const others = state.operators.filter((o) => o !== state.me);
  return el("div", { class: "top", "data-of": `${c.id} ${c.owner} ${c.operator} ${c.away}` }, back, el("h1", {}, c.name), el("span", { class: "pill" }, c.owner === "human" ? (mine ? "yours" : `with ${c.operator}${c.away ? ", away" : ""}`) : OWNER[/** @type {keyof typeof OWNER} */ (c.owner)]), details,
    ...(c.owner !== "human" || (c.away && !mine) ? [button("Take", take, true)] : []),
    ...(mine ? [button("Hand back to bot", () => act("hand_back"))] : []),
    ...(mine && others.length ? choice("Transfer", "Transfer to…", others, (to) => act("transfer", { to })) : []),
    ...(c.owner !== "closed" && (mine || c.owner !== "human") ? choice("Close", "Close as…", ["solved", "promised, still to do", "no answer from the customer", "not for us", "spam"], (why) => act("close", { text: why })) : []));
}
async function take() { if (await act("take")) { state.list = "human"; showList(); } }
/** @param {any} t @param {any} c */
function showTurn(t, c) {
  const who = t.private ? `${t.operator} · note` : t.author === "customer" ? c.name : t.author === "human" ? t.operator : t.author === "bot" ? "Bot" : "";
  const mood = t.mood && t.author === "customer" && t.mood.label !== "neutral" ? ` · ${t.mood.label}` : "";
  const time = new Date(t.at * 1000).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
  return el("div", { class: `turn ${t.private ? "note" : t.author}` }, el("p", { class: "who" }, `${who}${who ? " · " : ""}${time}${mood}`), el("div", { class: "bubble" }, t.text));
}
/** @param {any} c @param {boolean} mine */
function showWrite(c, mine) {
  const text = /** @type {HTMLTextAreaElement} */ (el("textarea", { id: "text", "data-id": c.id, "aria-label": mine ? "Your answer" : "A note for colleagues", placeholder: mine ? "Your answer…  (Ctrl+Enter sends, / for canned replies)" : "Take the conversation to answer. Notes for colleagues are possible at any time." }));
  text.value = state.draft[c.id] || "";
  const done = async (/** @type {string} */ what) => {
    const words = text.value.trim();
    if (!words) { text.focus(); toast("Write something first."); return; }
    // Emptied at once, so that what is typed meanwhile stays; brought back where it was not taken.
    text.value = "";
    state.draft[c.id] = "";
    text.focus();
    const same = state.unsent && state.unsent.words === words && state.unsent.id === c.id && state.unsent.what === what;
    const unsent = state.unsent = same ? state.unsent : { id: c.id, what, words, message_id: String(Math.random()).slice(2) + Date.now() };
    if (await act(what, { id: c.id, text: words, message_id: unsent.message_id })) {
      if (state.unsent === unsent) state.unsent = null;
      return;
    }
    keepDraft();
    state.draft[c.id] = [words, state.draft[c.id]].filter(Boolean).join("\n");
    const box = /** @type {HTMLTextAreaElement|null} */ (document.getElementById("text"));
    if (box && box.dataset.id === c.id) box.value = state.draft[c.id];
  };
  text.addEventListener("keydown", (event) => { if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && !event.isComposing) { event.preventDefault(); if (mine) done("reply"); else toast("Take the conversation to answer."); } });
  return el("div", { class: "write", "data-of": `${c.id} ${mine}` }, ...(mine ? [offerCanned(text, c.id)] : []), text, el("div", { class: "row" },
    ...(mine ? [button("Use suggestion", useSuggestion)] : []),
    button("Save as note", () => done("note")), el("strong", {}), ...(mine ? [button("Send", () => done("reply"), true)] : [])));
}
function useSuggestion() {
  const text = /** @type {HTMLTextAreaElement|null} */ (document.getElementById("text"));
  if (text) { text.value = state.suggested; text.focus(); }
}
/** Tags of the shop's own; "vip" makes a customer a valued one. @param {any} c */
function tagBox(c) {
  const box = /** @type {HTMLInputElement} */ (el("input", { "aria-label": "Tags, with commas", placeholder: "vip, …" }));
  box.value = c.customer.tags.join(", ");
  box.addEventListener("change", () => act("tag", { text: box.value }));
  return box;
}
/** @param {any} c */
function showSide(c) {
  if (document.activeElement instanceof HTMLInputElement && $("side").contains(document.activeElement)) return; // somebody types a tag
  const ticket = c.ticket ? [`ticket ${c.ticket.name}`, c.ticket.email && `e-mail: ${c.ticket.email}`, c.ticket.phone && `telephone: ${c.ticket.phone}`].filter(Boolean) : [];
  const list = (/** @type {string[]} */ items) => items.length ? el("ul", {}, ...items.map((i) => el("li", {}, i))) : el("p", { class: "small" }, "nothing");
  const facts = [c.customer.name && `name: ${c.customer.name}`, c.language && `language: ${c.language}`, c.customer.orders.length && `orders: ${c.customer.orders.join(", ")}`, `channel: ${c.channel}`, ...c.customer.notes].filter(Boolean);
  $("side").replaceChildren(
    el("h2", {}, "Summary"), el("pre", {}, c.summary),
    el("h2", {}, "Why a person"), list(c.reasons),
    el("h2", {}, "Mood"), moodCurve(c.mood),
    el("h2", {}, "Passages found"), list(c.sources.map((/** @type {any} */ s) => `${s.title} (${s.source}:${s.line})`)),
    el("h2", {}, "Customer"), list(facts), tagBox(c),
    ...(ticket.length ? [el("h2", {}, "Contact"), list(ticket)] : []),
    ...(c.rating ? [el("h2", {}, "Rating"), el("p", { "aria-label": `${c.rating} of 5` }, "★".repeat(c.rating) + "☆".repeat(5 - c.rating))] : []),
    el("h2", {}, "Suggested answer"), el("p", {}, c.suggested));
}
/** @param {number[]} moods */
function moodCurve(moods) {
  const ns = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(ns, "svg");
  svg.setAttribute("viewBox", "0 0 280 64");
  svg.setAttribute("class", "mood");
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", `Mood by turn: ${moods.join(", ") || "none yet"}`);
  const add = (/** @type {string} */ tag, /** @type {Record<string, string|number>} */ attributes) => {
    const node = document.createElementNS(ns, tag);
    for (const [k, v] of Object.entries(attributes)) node.setAttribute(k, String(v));
    svg.append(node);
  };
  add("line", { x1: 0, y1: 32, x2: 280, y2: 32, stroke: "currentColor", "stroke-opacity": 0.2 });
  const x = (/** @type {number} */ i) => moods.length < 2 ? 140 : 8 + (264 * i) / (moods.length - 1);
  const y = (/** @type {number} */ m) => 32 - 26 * m;
  if (moods.length > 1) add("polyline", { points: moods.map((m, i) => `${x(i)},${y(m)}`).join(" "), fill: "none", stroke: "currentColor", "stroke-opacity": 0.5, "stroke-width": 2 });
  moods.forEach((m, i) => add("circle", { cx: x(i), cy: y(m), r: 5, fill: m < -0.3 ? "#c4281c" : m > 0.3 ? "#1f8a5b" : "#8a958f" }));
  return svg;
}

for (const tab of document.querySelectorAll("nav button")) tab.addEventListener("click", () => openList(/** @type {HTMLElement} */ (tab).dataset.list || "queued"));
/** @param {string} name */
function openList(name) {
  const other = (name === "faq") !== (state.list === "faq");
  keepDraft();
  state.list = name;
  if (other) { state.id = ""; showNothing(); }
  showList();
}
$("sound").addEventListener("click", () => { state.sound = !state.sound; $("sound").setAttribute("aria-pressed", String(state.sound)); $("sound").textContent = state.sound ? "Sound on" : "Sound off"; });
$("logout").addEventListener("click", async () => { 
  try { await fetch("/desk/logout", { method: "POST", headers: { "x-csrf-token": state.csrf }, redirect: "manual", signal: AbortSignal.timeout(SILENCE) }); location.reload(); } catch (error) { failed(error); }
});
document.addEventListener("keydown", (event) => {
  const target = /** @type {HTMLElement} */ (event.target);
  if (/^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName)) { if (event.key === "Escape") target.blur(); return; }
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const ids = (state.lists[state.list] || []).map((c) => c.id);
  const at = ids.indexOf(state.id);
  const box = /** @type {HTMLTextAreaElement|null} */ (document.getElementById("text"));
  const faq = state.list === "faq";
  const go = (/** @type {number} */ n) => {
    if (faq) /** @type {HTMLElement} */ ($("list").querySelectorAll("button")[n]).click();
    else choose(ids[n]);
  };
  if (event.key === "j" && ids.length) go(Math.min(at + 1, ids.length - 1));
  else if (event.key === "k" && ids.length) go(Math.max(at - 1, 0));
  else if (event.key === "f") openList(faq ? "queued" : "faq");
  else if (faq) return;
  else if (event.key === "t" && state.id) take();
  else if (event.key === "b" && state.id) act("hand_back");
  else if (event.key === "u" && box) { event.preventDefault(); useSuggestion(); }
  else if (event.key === "c") { event.preventDefault(); /** @type {HTMLElement|null} */ (document.querySelector("select[aria-label^=Close]"))?.focus(); }
  else if (event.key === "/" && box) { event.preventDefault(); box.focus(); box.setRangeText("/", box.selectionStart, box.selectionEnd, "end"); box.dispatchEvent(new Event("input")); }
  else if (event.key === "s") $("sound").click();
  else if ((event.key === "r" || event.key === "n") && box) { event.preventDefault(); box.focus(); }
});

/** Ends the connection, or the pause before the next one. */
let again = () => {};
let heard = 0;
async function listen() {
  for (let tries = 0; ; tries += 1) {
    const abort = new AbortController();
    const patient = (/** @type {Promise<any>} */ promise) => {
      const timer = setTimeout(() => { toast(LOST); abort.abort(); }, SILENCE);
      return promise.finally(() => { heard = Date.now(); clearTimeout(timer); });
    };
    again = () => abort.abort();
    try {
      const response = await patient(fetch("/desk/api/stream", { signal: abort.signal }));
      if (response.status === 401) { location.reload(); return; }
      if (!response.ok || !response.body) throw new Error(String(response.status));
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
      let buffer = "";
      for (;;) {
        const { value, done } = await patient(reader.read());
        if (done) break;
        buffer += value;
        if (!buffer.includes("\n\n")) continue;
        // Where the store was away, changes may have been missed: refreshing fails and begins again until it is back.
        const changed = /event: (change|ready|unavailable)/.test(buffer);
        buffer = buffer.slice(buffer.lastIndexOf("\n\n") + 2);
        if (changed) await refresh();
        tries = 0;
      }
    } catch { if (!abort.signal.aborted) toast(LOST); }
    abort.abort();
    await new Promise((resolve) => { again = () => resolve(null); setTimeout(again, Math.min(20000, 500 * 2 ** Math.min(tries, 5))); });
  }
}
addEventListener("online", () => again());
document.addEventListener("visibilitychange", () => { if (!document.hidden && Date.now() - heard > SILENCE / 2) again(); });
setInterval(showList, 30000);
async function start() {
  const me = await get("me");
  Object.assign(state, { me: me.operator, csrf: me.csrf, operators: me.operators });
  $("me").textContent = me.operator;
  listen();
}
(function begin() { start().catch((error) => { failed(error); setTimeout(begin, 3000); }); })();
