// @ts-check
/** The operators' desk: lists, one conversation, and what is done with it; live over SSE, no reload. */
"use strict";
const $ = (/** @type {string} */ id) => /** @type {HTMLElement} */ (document.getElementById(id));
const state = { me: "", csrf: "", operators: /** @type {string[]} */ ([]), lists: /** @type {Record<string, any[]>} */ ({}), list: "queued", id: "", waiting: -1, sound: true, draft: /** @type {Record<string, string>} */ ({}) };
const OWNER = { bot: "with the bot", queued: "waiting", human: "taken", closed: "closed" };
const title = document.title;

/** @param {string} tag @param {Record<string, string>} [attributes] @param {(Node|string)[]} children */
function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}
/** @param {string} path */
async function get(path) {
  const response = await fetch("/desk/api/" + path);
  if (response.status === 401) { location.reload(); throw new Error("logged out"); }
  const data = await response.json();
  if (!response.ok) throw new Error(data.error);
  return data;
}
/** @param {string} act @param {Record<string, string>} [more] */
async function act(act, more = {}) {
  const response = await fetch("/desk/api/act", { method: "POST", headers: { "content-type": "application/json", "x-csrf-token": state.csrf }, body: JSON.stringify({ act, id: state.id, ...more }) });
  const data = await response.json().catch(() => ({ error: "the server does not answer" }));
  if (!response.ok) { toast(data.error); return false; }
  await refresh();
  return true;
}
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
  state.lists = await get("conversations");
  const waiting = state.lists.queued.length;
  if (state.waiting >= 0 && waiting > state.waiting) beep();
  state.waiting = waiting;
  document.title = waiting ? `(${waiting}) ${title}` : title;
  showList();
  if (state.id) await showConversation();
}
function showList() {
  for (const tab of document.querySelectorAll("nav button")) {
    const name = /** @type {HTMLElement} */ (tab).dataset.list || "";
    tab.setAttribute("aria-selected", String(name === state.list));
    /** @type {HTMLElement} */ (tab.querySelector("b")).textContent = String((state.lists[name] || []).length || "");
  }
  $("list").replaceChildren(...(state.lists[state.list] || []).map((c) => {
    const when = c.owner === "queued" ? `waits ${ago(c.waiting_seconds)}` : ago(Date.now() / 1000 - c.at);
    const button = el("button", { type: "button", "aria-current": String(c.id === state.id) },
      el("span", { class: "row" }, el("strong", {}, `${face(c.mood)} ${c.name}`), el("time", {}, when)),
      el("span", { class: "last" }, c.last));
    if (c.owner === "queued" && c.reasons.length) button.append(el("span", { class: "why" }, c.reasons[0]));
    if (c.owner === "human") button.append(el("span", { class: "small" }, c.operator === state.me ? "yours" : c.operator));
    button.addEventListener("click", () => choose(c.id));
    return el("li", {}, button);
  }));
}
/** @param {number[]} moods */
function face(moods) { const last = moods.length ? moods[moods.length - 1] : 0; return last < -0.5 ? "😠" : last < -0.15 ? "🙁" : last > 0.3 ? "🙂" : "😐"; }
/** @param {string} id */
async function choose(id) { keepDraft(); state.id = id; showList(); await showConversation(true); }
function keepDraft() { const box = /** @type {HTMLTextAreaElement|null} */ (document.getElementById("text")); if (box && box.dataset.id) state.draft[box.dataset.id] = box.value; }

async function showConversation(fresh = false) {
  let c;
  try { c = await get("conversation?id=" + encodeURIComponent(state.id)); } catch (error) { toast(String(error)); return; }
  keepDraft();
  const typing = document.activeElement && document.activeElement.id === "text";
  const mine = c.owner === "human" && c.operator === state.me;
  const button = (/** @type {string} */ label, /** @type {() => void} */ run, /** @type {boolean} */ on, primary = false) => {
    const b = /** @type {HTMLButtonElement} */ (el("button", { type: "button", ...(primary ? { class: "primary" } : {}) }, label));
    b.disabled = !on;
    b.addEventListener("click", run);
    return b;
  };
  const log = el("div", { class: "log", role: "log", tabindex: "0" }, ...c.turns.map((/** @type {any} */ t) => {
    const who = t.private ? `${t.operator} · note` : t.author === "customer" ? c.name : t.author === "human" ? t.operator : t.author === "bot" ? "Bot" : "System";
    const mood = t.mood && t.author === "customer" ? ` · ${t.mood.label}` : "";
    return el("div", { class: `turn ${t.private ? "note" : t.author}` }, el("p", { class: "who" }, `${who} · ${new Date(t.at * 1000).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" })}${mood}`), el("div", { class: "bubble" }, t.text));
  }));
  const text = /** @type {HTMLTextAreaElement} */ (el("textarea", { id: "text", "data-id": c.id, "aria-label": "Your answer", placeholder: mine ? "Your answer…  (Ctrl+Enter sends)" : "Take the conversation to answer; notes are possible at any time." }));
  text.value = state.draft[c.id] || "";
  const send = async () => { if (text.value.trim() && await act("reply", { text: text.value })) { state.draft[c.id] = ""; text.value = ""; const box = /** @type {HTMLTextAreaElement} */ ($("text")); box.value = ""; box.focus(); } };
  const note = async () => { const words = text.value.trim() || prompt("Note for colleagues") || ""; if (words && await act("note", { text: words })) { state.draft[c.id] = ""; /** @type {HTMLTextAreaElement} */ ($("text")).value = ""; } };
  text.addEventListener("keydown", (event) => { if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); send(); } });
  const to = /** @type {HTMLSelectElement} */ (el("select", { "aria-label": "Transfer to" }, el("option", { value: "" }, "Transfer to…"), ...state.operators.filter((o) => o !== state.me).map((o) => el("option", { value: o }, o))));
  to.disabled = !mine;
  to.addEventListener("change", () => { if (to.value) act("transfer", { to: to.value }); });
  $("view").replaceChildren(
    el("div", { class: "top" }, el("h1", {}, c.name), el("span", { class: "pill" }, c.owner === "human" ? `taken by ${c.operator}` : OWNER[/** @type {keyof typeof OWNER} */ (c.owner)]),
      button("Take", () => act("take"), c.owner !== "human", true), button("Hand back to bot", () => act("hand_back"), mine), to,
      button("Close", () => { const why = prompt("Close: why? (solved, no answer, spam…)", "solved"); if (why !== null) act("close", { text: why }); }, c.owner !== "closed" && (mine || c.owner !== "human"))),
    log,
    el("div", { class: "write" }, text, el("div", { class: "row" }, button("Use suggestion", () => { text.value = c.suggested; text.focus(); }, mine), button("Note", note, true), el("strong", {}), button("Send", send, mine, true))));
  log.scrollTop = log.scrollHeight;
  if (typing || (fresh && mine)) text.focus();
  showSide(c);
}
/** @param {any} c */
function showSide(c) {
  const list = (/** @type {string[]} */ items) => items.length ? el("ul", {}, ...items.map((i) => el("li", {}, i))) : el("p", { class: "small" }, "nothing");
  const facts = [c.customer.name && `name: ${c.customer.name}`, c.language && `language: ${c.language}`, c.customer.orders.length && `orders: ${c.customer.orders.join(", ")}`, `channel: ${c.channel}`, ...c.customer.notes].filter(Boolean);
  $("side").replaceChildren(
    el("h2", {}, "Summary"), el("pre", {}, c.summary),
    el("h2", {}, "Why a person"), list(c.reasons),
    el("h2", {}, "Mood"), moodCurve(c.mood),
    el("h2", {}, "Passages found"), list(c.sources.map((/** @type {any} */ s) => `${s.title} (${s.source}:${s.line})`)),
    el("h2", {}, "Customer"), list(facts),
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

for (const tab of document.querySelectorAll("nav button")) tab.addEventListener("click", () => { state.list = /** @type {HTMLElement} */ (tab).dataset.list || "queued"; showList(); });
$("sound").addEventListener("click", () => { state.sound = !state.sound; $("sound").setAttribute("aria-pressed", String(state.sound)); $("sound").textContent = state.sound ? "🔔" : "🔕"; });
$("logout").addEventListener("click", async () => { await fetch("/desk/logout", { method: "POST", headers: { "x-csrf-token": state.csrf }, redirect: "manual" }); location.reload(); });
document.addEventListener("keydown", (event) => {
  const target = /** @type {HTMLElement} */ (event.target);
  if (/^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName)) { if (event.key === "Escape") target.blur(); return; }
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const ids = (state.lists[state.list] || []).map((c) => c.id);
  const at = ids.indexOf(state.id);
  const box = document.getElementById("text");
  if (event.key === "j" && ids.length) choose(ids[Math.min(at + 1, ids.length - 1)]);
  else if (event.key === "k" && ids.length) choose(ids[Math.max(at - 1, 0)]);
  else if (event.key === "t" && state.id) act("take");
  else if (event.key === "b" && state.id) act("hand_back");
  else if (event.key === "s") $("sound").click();
  else if ((event.key === "r" || event.key === "n") && box) { event.preventDefault(); box.focus(); }
});

async function listen() {
  for (let tries = 0; ; tries += 1) {
    try {
      const response = await fetch("/desk/api/stream");
      if (response.status === 401) { location.reload(); return; }
      if (!response.ok || !response.body) throw new Error(String(response.status));
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
      let buffer = "";
      for (;;) {
        const { value, done } = await reader.read();
        if (done) break;
        buffer += value;
        if (!buffer.includes("\n\n")) continue;
        const changed = buffer.includes("event: change") || buffer.includes("event: ready");
        buffer = buffer.slice(buffer.lastIndexOf("\n\n") + 2);
        tries = 0;
        if (changed) await refresh();
      }
    } catch { toast("No connection to the server; trying again."); }
    await new Promise((resolve) => setTimeout(resolve, Math.min(20000, 500 * 2 ** Math.min(tries, 5))));
  }
}
setInterval(showList, 30000);
(async () => {
  const me = await get("me");
  Object.assign(state, { me: me.operator, csrf: me.csrf, operators: me.operators });
  $("me").textContent = me.operator;
  await refresh();
  listen();
})().catch((error) => toast(String(error)));
