// @ts-check
/**
 * The chat widget: one script tag, a custom element with a shadow root, no globals but `window.frontdesk`.
 *
 *   <script src="https://your-server/widget/v1.js" data-lang="auto" data-color="#1f5f4a" async></script>
 */
(() => {
  "use strict";
  const script = /** @type {HTMLScriptElement} */ (document.currentScript);
  const base = new URL(script.src).origin;
  const options = script.dataset;
  if (customElements.get("frontdesk-chat")) return;

  const WORDS = {
    en: {
      title: "Chat with us", subtitle: "Virtual assistant", open: "Open the chat", close: "Close the chat",
      placeholder: "Write a message…", send: "Send", fresh: "New conversation", human: "Talk to a person",
      greeting: "Hello! I'm {shop}'s virtual assistant, an AI. I answer from the shop's own information, and I can fetch a person at any time.",
      sources: "Sources", helpful: "Helpful", unhelpful: "Not helpful", thanks: "Thank you!", queued: "Waiting for a colleague…", place: "Waiting for a colleague: number {n} in the queue",
      reach: "Can't wait? Leave a contact", email: "E-mail", phone: "Telephone", keep: "Leave it", reached: "Noted for our colleague: {contact}",
      rate: "Rate this conversation", stars: "{n} of 5", rated: "Thank you! You gave {n} of 5.",
      withHuman: "{name} is answering you", offline: "No connection. Your message is kept and will be sent.", typing: "Writing…",
      trouble: "We have a technical problem. Your message is kept; we try again by ourselves.", again: "That did not reach us. Please try again in a moment.", you: "You", bot: "Assistant", system: "Notice", closedNote: "This conversation is closed. Write to begin again.",
    },
    zh: {
      title: "在线咨询", subtitle: "智能助手", open: "打开对话", close: "关闭对话",
      placeholder: "请输入消息…", send: "发送", fresh: "新对话", human: "转人工",
      greeting: "您好！我是{shop}的智能助手（AI）。我根据本店资料回答问题，也可以随时为您转接人工客服。",
      sources: "来源", helpful: "有帮助", unhelpful: "没帮助", thanks: "谢谢！", queued: "正在等待人工客服…", place: "正在等待人工客服：排在第 {n} 位",
      reach: "不方便等候？留下联系方式", email: "邮箱", phone: "电话", keep: "提交", reached: "已为同事记下：{contact}",
      rate: "为本次对话评分", stars: "{n} 分（满分 5 分）", rated: "谢谢！您给了 {n} 分。",
      withHuman: "{name} 正在为您服务", offline: "网络已断开，消息已保存，稍后自动发送。", typing: "正在输入…",
      trouble: "系统暂时出现故障。您的消息已保存，我们会自动重试。", again: "没有发送成功，请稍后再试。", you: "您", bot: "助手", system: "提示", closedNote: "本次对话已结束，继续输入即可重新开始。",
    },
  };
  const STYLE = `
    :host { all: initial; --accent: #1f5f4a; --ink: #17201c; --soft: #5b6762; --paper: #fff; --tint: #f3f6f4; --line: #dde4e0; }
    @media (prefers-color-scheme: dark) { :host { --ink: #edf2ef; --soft: #a3b0aa; --paper: #161c19; --tint: #222b27; --line: #34403a; } }
    * { box-sizing: border-box; font-family: system-ui, -apple-system, "Segoe UI", "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", sans-serif; }
    button { font: inherit; color: inherit; background: none; border: 0; cursor: pointer; }
    :focus-visible { outline: 3px solid color-mix(in srgb, var(--accent) 55%, white); outline-offset: 2px; }
    .launcher { position: fixed; z-index: 2147483000; bottom: calc(20px + env(safe-area-inset-bottom)); width: 60px; height: 60px; border-radius: 50%;
      background: var(--accent); color: #fff; box-shadow: 0 6px 24px rgba(0,0,0,.25); display: grid; place-items: center; transition: transform .15s; }
    .launcher:hover { transform: scale(1.05); }
    .badge { position: absolute; top: -2px; right: -2px; min-width: 22px; height: 22px; padding: 0 6px; border-radius: 11px; background: #c4281c; color: #fff;
      font-size: 13px; line-height: 22px; text-align: center; }
    .panel { position: fixed; z-index: 2147483000; bottom: calc(92px + env(safe-area-inset-bottom)); width: 384px; height: min(640px, calc(100dvh - 112px));
      background: var(--paper); color: var(--ink); border-radius: 18px; box-shadow: 0 16px 56px rgba(0,0,0,.28); display: flex; flex-direction: column;
      overflow: hidden; font-size: 15px; line-height: 1.5; }
    .right { right: 20px; } .left { left: 20px; }
    [hidden] { display: none !important; }
    header { background: var(--accent); color: #fff; padding: 14px 12px 14px 18px; display: flex; align-items: center; gap: 8px; }
    header .names { flex: 1; min-width: 0; } header h2 { margin: 0; font-size: 16px; font-weight: 650; } header p { margin: 0; font-size: 13px; opacity: .92; }
    header button { padding: 8px; border-radius: 8px; display: grid; place-items: center; min-width: 36px; min-height: 36px; } header button:hover { background: rgba(255,255,255,.16); }
    .log { flex: 1; overflow-y: auto; overscroll-behavior: contain; padding: 16px 14px; display: flex; flex-direction: column; gap: 10px; }
    .turn { max-width: 86%; align-self: flex-start; } .turn.customer { align-self: flex-end; }
    .bubble { padding: 10px 14px; border-radius: 16px 16px 16px 5px; background: var(--tint); white-space: pre-wrap; overflow-wrap: anywhere; }
    .customer .bubble { background: var(--accent); color: #fff; border-radius: 16px 16px 5px 16px; }
    .human .bubble { background: color-mix(in srgb, var(--accent) 14%, var(--paper)); }
    .system { max-width: 100%; align-self: center; } .system .under { justify-content: center; } .system .bubble { background: none; color: var(--soft); font-size: 13.5px; text-align: center; padding: 4px 10px; }
    .bubble a { color: inherit; text-underline-offset: 2px; } .bubble ul { margin: 4px 0; padding-left: 20px; white-space: normal; }
    .who { font-size: 12.5px; color: var(--soft); margin: 0 0 2px 4px; }
    .under { display: flex; flex-wrap: wrap; gap: 6px; align-items: center; margin: 5px 0 0 2px; }
    .under details { font-size: 12.5px; color: var(--soft); flex: 1 1 100%; } .under summary { cursor: pointer; } .under details ul { margin: 2px 0; padding-left: 18px; }
    .chip { border: 1px solid var(--line); border-radius: 14px; padding: 5px 11px; font-size: 13.5px; text-align: left; background: var(--paper); }
    .votes { display: inline-flex; gap: 6px; } .vote { padding: 6px 9px; color: var(--soft); display: grid; } .vote[aria-pressed=true] { color: var(--ink); }
    .chip:hover { border-color: var(--accent); } .chip[aria-pressed=true] { background: var(--tint); border-color: var(--accent); }
    .status { font-size: 13px; color: var(--soft); padding: 0 18px 6px; min-height: 20px; }
    .dots span { display: inline-block; width: 6px; height: 6px; margin-right: 3px; border-radius: 50%; background: var(--soft); animation: blink 1.2s infinite; }
    .dots span:nth-child(2) { animation-delay: .2s; } .dots span:nth-child(3) { animation-delay: .4s; }
    @keyframes blink { 50% { opacity: .25; } }
    @media (prefers-reduced-motion: reduce) { * { animation: none !important; transition: none !important; } }
    form { display: flex; gap: 8px; align-items: flex-end; padding: 10px 12px calc(12px + env(safe-area-inset-bottom)); border-top: 1px solid var(--line); }
    textarea { flex: 1; resize: none; border: 1px solid var(--line); border-radius: 12px; padding: 10px 12px; font: inherit; color: var(--ink); background: var(--paper);
      max-height: 120px; min-height: 44px; line-height: 1.45; }
    textarea::placeholder { color: var(--soft); }
    form button { width: 44px; height: 44px; border-radius: 12px; background: var(--accent); color: #fff; display: grid; place-items: center; } form button:disabled { opacity: .45; }
    .reach { border-top: 1px solid var(--line); padding: 8px 14px; font-size: 13.5px; } .reach summary { cursor: pointer; color: var(--soft); }
    .reach form { display: grid; grid-template-columns: 1fr 1fr auto; border: 0; padding: 8px 0 2px; } .reach p { margin: 4px 0 0; color: var(--soft); }
    .reach input { min-width: 0; border: 1px solid var(--line); border-radius: 10px; padding: 8px 10px; font: inherit; color: var(--ink); background: var(--paper); }
    .reach form button { width: auto; height: auto; padding: 8px 12px; }
    .stars { display: inline-flex; gap: 4px; } .star { font-size: 19px; line-height: 1; padding: 7px 8px; border-radius: 10px; color: var(--soft); border: 1px solid var(--line); }
    .star:hover, .star:focus-visible { color: #b8860b; border-color: var(--accent); } .given { font-size: 13px; color: var(--soft); }
    .quiet { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
    @media (max-width: 668px) { .launcher[aria-expanded=true] { display: none; } .panel { inset: 0; width: auto; height: 100dvh; border-radius: 0; bottom: 0; } header { padding-top: calc(14px + env(safe-area-inset-top)); } }
  `;
  const ICONS = {
    chat: "M4 5h16v11H9l-5 4z", close: "M6 6l12 12M18 6L6 18", send: "M4 12l16-8-6 16-3-6z", fresh: "M12 5v14M5 12h14",
    up: "M7 21V10l4-8c1.7 0 2.6 1.2 2.3 2.9L12.7 9H19c1.3 0 2.2 1.2 1.9 2.4l-1.7 7.2C18.9 20 18 21 16.6 21zM7 10H3v11h4",
    down: "M17 3v11l-4 8c-1.7 0-2.6-1.2-2.3-2.9l.6-4.1H5c-1.3 0-2.2-1.2-1.9-2.4l1.7-7.2C5.1 4 6 3 7.4 3zM17 14h4V3h-4",
    human: "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4 21c1-5 4-7 8-7s7 2 8 7",
  };

  const SILENCE = 40000; // milliseconds; the server sends a beat every 15 s
  const PATIENCE = 15000; // milliseconds for any other answer
  const OURS = "frontdesk:" + base + ":";
  /** A store that forgets where the page may keep nothing. */
  const kept = {
    get(/** @type {string} */ key) { try { return localStorage.getItem(OURS + key); } catch { return null; } },
    set(/** @type {string} */ key, /** @type {string} */ value) { try { localStorage.setItem(OURS + key, value); } catch { /* blocked */ } },
    drop(/** @type {string} */ key) { try { localStorage.removeItem(OURS + key); } catch { /* blocked */ } },
  };

  /** @param {string} tag @param {Record<string, string>} [attributes] @param {(Node|string)[]} children */
  function el(tag, attributes = {}, ...children) {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
    node.append(...children);
    return node;
  }
  /** @param {keyof typeof ICONS} name @param {string} [size] */
  function icon(name, size = "22") {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    for (const [k, v] of Object.entries({ viewBox: "0 0 24 24", width: size, height: size, fill: "none", stroke: "currentColor", "stroke-width": "2", "stroke-linecap": "round", "stroke-linejoin": "round", "aria-hidden": "true" })) svg.setAttribute(k, v);
    const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
    path.setAttribute("d", ICONS[name]);
    svg.append(path);
    return svg;
  }
  /** Bold, lists and links of a reply as nodes; never HTML. @param {HTMLElement} into @param {string} text */
  function render(into, text) {
    into.replaceChildren();
    let list = null;
    const lines = text.split("\n");
    lines.forEach((line, index) => {
      const item = /^\s*[-*]\s+(.*)/.exec(line);
      if (item) {
        if (!list) { list = el("ul"); into.append(list); }
        const li = el("li");
        inline(li, item[1]);
        list.append(li);
        return;
      }
      list = null;
      inline(into, line);
      if (index < lines.length - 1) into.append("\n");
    });
  }
  /** @param {HTMLElement} into @param {string} text */
  function inline(into, text) {
    const pattern = /\*\*([^*]+)\*\*|((?:https?:\/\/|mailto:)[^\s<>"'）)，。]+)/g;
    let at = 0;
    for (const match of text.matchAll(pattern)) {
      into.append(text.slice(at, match.index));
      if (match[1]) into.append(el("strong", {}, match[1]));
      else into.append(el("a", { href: match[2], target: "_blank", rel: "noopener noreferrer nofollow" }, match[2]));
      at = (match.index ?? 0) + match[0].length;
    }
    into.append(text.slice(at));
  }

  class Chat extends HTMLElement {
    constructor() {
      super();
      this.lang_ = pickLanguage();
      this.shop = { name: "", name_zh: "", suggestions_en: [], suggestions_zh: [] };
      this.token = kept.get("token");
      this.lastId = "0";
      this.tries = 0;
      this.unread = 0;
      /** What was written and is not in the stored conversation yet: sent again after a reload, answered once. */
      /** @type {{message_id: string, text: string, sent?: boolean, known?: boolean}[]} */
      this.queue = readQueue();
      this.owner = "bot";
      this.rating = /** @type {number|null} */ (null);
      /** @type {Map<string, HTMLElement>} */
      this.pending = new Map();
      /** @type {Map<string, Set<Function>>} */
      this.listeners = new Map();
      this.live = /** @type {HTMLElement|null} */ (null);
      this.seen = new Set();
      this.loaded = false;
      this.title_ = document.title;
      this.root = this.attachShadow({ mode: "open" });
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(STYLE);
      this.root.adoptedStyleSheets = [sheet];
      if (/^#[0-9a-f]{3,8}$/i.test(options.color || "")) this.style.setProperty("--accent", /** @type {string} */ (options.color));
    }

    connectedCallback() {
      const side = options.position === "left" ? "left" : "right";
      const w = this.words();
      this.badge = el("span", { class: "badge", hidden: "" });
      this.launcher = el("button", { class: "launcher " + side, type: "button", "aria-label": w.open, "aria-expanded": "false" }, icon("chat"), this.badge);
      this.heading = el("h2", { id: "title" }, w.title);
      this.under = el("p", {}, w.subtitle);
      this.humanButton = el("button", { type: "button", "aria-label": w.human, title: w.human }, icon("human"));
      this.freshButton = el("button", { type: "button", "aria-label": w.fresh, title: w.fresh }, icon("fresh"));
      this.closeButton = el("button", { type: "button", "aria-label": w.close, title: w.close }, icon("close"));
      this.log = el("div", { class: "log", role: "log", "aria-live": "polite", "aria-label": w.title, tabindex: "0" });
      this.announcer = el("div", { class: "quiet", role: "status", "aria-live": "polite" });
      this.status = el("div", { class: "status" });
      this.input = /** @type {HTMLTextAreaElement} */ (el("textarea", { rows: "1", "aria-label": w.placeholder, placeholder: w.placeholder, maxlength: "120000" }));
      this.sendButton = el("button", { type: "submit", "aria-label": w.send }, icon("send"));
      this.form = el("form", {}, this.input, this.sendButton);
      this.reach = this.contactForm();
      this.panel = el("section", { class: "panel " + side, role: "dialog", "aria-labelledby": "title", hidden: "" },
        el("header", {}, el("div", { class: "names" }, this.heading, this.under), this.humanButton, this.freshButton, this.closeButton),
        this.log, this.announcer, this.status, this.reach, this.form);
      this.root.append(this.panel, this.launcher);
      this.launcher.addEventListener("click", () => (this.panel.hidden ? this.open() : this.close()));
      this.closeButton.addEventListener("click", () => this.close());
      this.freshButton.addEventListener("click", () => this.fresh());
      this.humanButton.addEventListener("click", () => this.human());
      this.form.addEventListener("submit", (event) => { event.preventDefault(); this.sendInput(); });
      this.input.addEventListener("keydown", (event) => {
        if (event.key === "Enter" && !event.shiftKey && !event.isComposing && event.keyCode !== 229) { event.preventDefault(); this.sendInput(); }
      });
      this.input.addEventListener("input", () => { this.input.style.height = "auto"; this.input.style.height = Math.min(this.input.scrollHeight, 120) + "px"; });
      this.panel.addEventListener("keydown", (event) => { if (event.key === "Escape") this.close(); });
      addEventListener("online", () => { this.tries = 0; this.flush(); if (this.token) this.listen(); });
      document.addEventListener("visibilitychange", () => { if (this.token) this.listen(); });
      addEventListener("storage", (event) => { if (event.key === OURS + "token") this.follow(event.newValue); });
      this.start();
    }

    words() { return WORDS[this.lang_]; }

    /** Where a customer who waits can be reached: goes to the desk only, never into the conversation. */
    contactForm() {
      const w = this.words();
      const email = /** @type {HTMLInputElement} */ (el("input", { type: "email", autocomplete: "email", maxlength: "200", "aria-label": w.email, placeholder: w.email }));
      const phone = /** @type {HTMLInputElement} */ (el("input", { type: "tel", autocomplete: "tel", maxlength: "30", "aria-label": w.phone, placeholder: w.phone }));
      const said = el("p", { role: "status" });
      const form = el("form", { novalidate: "" }, email, phone, el("button", { type: "submit" }, w.keep));
      form.addEventListener("submit", async (event) => {
        event.preventDefault();
        if (!email.value.trim() && !phone.value.trim()) { email.focus(); return; }
        const answer = await this.post("/api/contact", { email: email.value, phone: phone.value }).catch(() => null);
        const data = answer ? await answer.json().catch(() => ({})) : {};
        said.textContent = answer && answer.ok ? w.reached.replace("{contact}", data.contact) : (data.error || w.again);
        if (answer && answer.ok) { email.value = phone.value = ""; }
      });
      const box = el("details", { class: "reach" }, el("summary", {}, w.reach), form, said);
      box.hidden = true;
      box.addEventListener("toggle", () => { this.log.scrollTop = this.log.scrollHeight; });
      return box;
    }

    /** Five stars under the line that closed a conversation; one tap, once. */
    stars() {
      const w = this.words();
      const row = el("span", { class: "stars", role: "group", "aria-label": w.rate });
      for (let n = 1; n <= 5; n += 1) {
        const label = w.stars.replace("{n}", String(n));
        const star = el("button", { class: "star", type: "button", "aria-label": label, title: label }, "★");
        star.addEventListener("click", async () => {
          for (const other of row.querySelectorAll("button")) other.setAttribute("disabled", "");
          const answer = await this.post("/api/rating", { score: n }).catch(() => null);
          if (!answer || !answer.ok) { for (const other of row.querySelectorAll("button")) other.removeAttribute("disabled"); this.show("offline", w.again); return; }
          if (this.rating === null) this.rating = n;
          this.showRating();
          this.announcer.textContent = w.rated.replace("{n}", String(this.rating));
        });
        row.append(star);
      }
      return row;
    }
    showRating() {
      if (this.rating === null) return;
      for (const row of this.log.querySelectorAll(".stars")) row.replaceWith(el("span", { class: "given" }, this.words().rated.replace("{n}", String(this.rating))));
    }

    async start() {
      try { this.shop = await (await fetch(base + "/api/shop", { signal: AbortSignal.timeout(PATIENCE) })).json(); } catch { /* offline: the defaults do */ }
      this.heading.textContent = (this.lang_ === "zh" ? this.shop.name_zh : this.shop.name) || this.words().title;
      this.greet();
      if (this.token) this.listen(); else this.showQueued();
      if (kept.get("open") === "1" && innerWidth > 668) this.open(false);
      this.flush();
    }

    greet() {
      const shop = (this.lang_ === "zh" ? this.shop.name_zh : this.shop.name) || location.hostname;
      const text = options.greeting || this.words().greeting.replace("{shop}", shop);
      const chips = (this.lang_ === "zh" ? this.shop.suggestions_zh : this.shop.suggestions_en) || [];
      this.addTurn({ id: "greeting", author: "bot", text, suggestions: chips, sources: [], greeting: true });
    }

    open(focus = true) {
      this.panel.hidden = false;
      this.unread = 0;
      this.showUnread();
      this.markRead(this.lastId);
      kept.set("open", "1");
      this.launcher.setAttribute("aria-expanded", "true");
      this.launcher.firstElementChild?.replaceWith(icon("close"));
      this.launcher.setAttribute("aria-label", this.words().close);
      if (focus) this.input.focus();
      this.log.scrollTop = this.log.scrollHeight;
      this.emit("open");
    }
    close() {
      this.panel.hidden = true;
      kept.set("open", "0");
      this.launcher.setAttribute("aria-expanded", "false");
      this.launcher.firstElementChild?.replaceWith(icon("chat"));
      this.launcher.setAttribute("aria-label", this.words().open);
      this.launcher.focus();
      this.emit("close");
    }

    fresh() {
      this.dropToken();
      this.queue = [];
      kept.drop("queue");
      this.reset();
      this.input.focus();
    }

    /** Another tab has begun or ended the conversation: this one goes along. @param {string|null} token */
    follow(token) {
      if (token === this.token) return;
      this.token = token;
      this.keepQueue(this.queue.filter((message) => message.sent));
      this.reset();
      this.showQueued();
      if (token) this.listen();
    }

    /** Begin to show a conversation. */
    reset() {
      this.stopListening();
      this.owner = "bot";
      this.rating = null;
      this.reach.hidden = true;
      this.pending.clear();
      this.lastId = "0";
      this.loaded = false;
      this.unread = 0;
      this.showUnread();
      this.seen.clear();
      this.live = null;
      this.log.replaceChildren();
      this.status.textContent = "";
      this.under.textContent = this.words().subtitle;
      this.greet();
    }

    async human() {
      this.open();
      if (!(await this.ensureToken())) { this.show("offline", this.words().again); return; }
      this.show("typing");
      const answer = await this.post("/api/human", { language: this.lang_ }).catch(() => null);
      if (!answer || !answer.ok) this.show("offline", this.words().again);
    }

    sendInput() {
      const text = this.input.value.trim();
      if (!text) return;
      this.input.value = "";
      this.input.style.height = "auto";
      this.send(text);
    }

    /** @param {string} text */
    send(text) {
      const message = { message_id: crypto.randomUUID ? crypto.randomUUID() : String(Math.random()).slice(2) + Date.now(), text };
      this.queue.push(message);
      this.keepQueue();
      this.showQueued();
      this.show("typing");
      this.flush();
    }

    /** Keep what is written beside what other tabs keep, without what is done with. @param {{message_id: string}[]} [done] */
    keepQueue(done = []) {
      const ids = new Set(done.map((message) => message.message_id));
      this.queue = this.queue.filter((message) => !ids.has(message.message_id));
      const all = new Map([...readQueue(), ...this.queue].map(({ message_id, text }) => [message_id, { message_id, text }]));
      kept.set("queue", JSON.stringify([...all.values()].filter((message) => !ids.has(message.message_id))));
    }

    /** What the server knew already stands in the history, or is being answered: it is not kept any longer. */
    dropKnown() { if (this.loaded) this.keepQueue(this.queue.filter((message) => message.known)); }

    /** Show what is written and not stored yet. */
    showQueued() {
      for (const { message_id, text } of this.queue) {
        if (!this.pending.has(message_id)) this.pending.set(message_id, this.addTurn({ id: "", author: "customer", text, sources: [], suggestions: [] }));
      }
    }

    async flush() {
      if (this.flushing) return;
      this.flushing = true;
      try {
        for (let next; (next = this.queue.find((message) => !message.sent)); ) {
          if (!(await this.ensureToken())) throw new Error(this.words().offline);
          const response = await this.post("/api/messages", { message_id: next.message_id, text: next.text });
          if (response.status === 401) { this.dropToken(); continue; }
          if (response.status === 429 || response.status >= 500) {
            const problem = await response.json().catch(() => ({}));
            throw new Error(problem.say || this.words().offline);
          }
          const answer = await response.json().catch(() => ({}));
          if (response.ok) {
            next.sent = true;
            next.known = answer.accepted === false;
            this.dropKnown();
          } else {
            this.keepQueue([next]);
            this.notice(answer.error || String(response.status));
          }
          this.tries = 0;
          if (this.failing) { this.failing = false; this.show("typing"); }
        }
      } catch (error) {
        this.failing = true;
        this.showQueued();
        this.show("offline", error instanceof Error && error.name === "Error" ? error.message : "");
        this.tries += 1;
        setTimeout(() => this.flush(), this.delay());
      } finally { this.flushing = false; }
    }

    dropToken() {
      if (kept.get("token") === this.token) for (const key of ["token", "read"]) kept.drop(key);
      this.token = null;
    }

    /** Back-off with jitter: half a second to half a minute. */
    delay() { return Math.min(30000, 500 * 2 ** Math.min(this.tries, 6)) * (0.5 + Math.random() / 2); }

    /** The visitor's token: one for all tabs, which ask one after another. */
    async ensureToken() {
      if (this.token) return true;
      try {
        const find = () => this.findToken();
        await (navigator.locks ? navigator.locks.request(OURS + "token", find).catch(find) : find());
        return this.token !== null;
      } catch { return false; }
    }
    async findToken() {
      this.follow(this.token || kept.get("token"));
      if (this.token) return;
      const response = await fetch(base + "/api/session", { method: "POST", signal: AbortSignal.timeout(PATIENCE) });
      if (!response.ok) return;
      this.token = /** @type {string} */ ((await response.json()).token);
      kept.set("token", this.token);
      this.listen();
    }

    /** @param {string} path @param {object} data */
    post(path, data) {
      return fetch(base + path, { method: "POST", headers: { "content-type": "application/json", authorization: "Bearer " + this.token }, body: JSON.stringify(data), signal: AbortSignal.timeout(PATIENCE) });
    }

    stopListening() { if (this.abort) this.abort.abort(); this.abort = null; }

    /** Listen from now on. Of the tabs that nobody sees only one does: a browser opens six connections to a server. */
    async listen() {
      this.stopListening();
      const abort = (this.abort = new AbortController());
      if (!document.hidden) await this.stream(abort);
      else if (navigator.locks) await navigator.locks.request(OURS + "stream", { signal: abort.signal }, () => this.stream(abort)).catch(() => {});
    }

    /** @param {AbortController} abort */
    async stream(abort) {
      /** What comes in time; a connection that is silent for long is dead, and another begins. @param {Promise<any>} promise */
      const patient = (promise) => {
        const timer = setTimeout(() => this.listen(), SILENCE);
        return promise.finally(() => clearTimeout(timer));
      };
      while (!abort.signal.aborted) {
        try {
          const response = await patient(fetch(base + "/api/stream", { headers: { authorization: "Bearer " + this.token, "last-event-id": this.lastId }, signal: abort.signal }));
          if (response.status === 401) { this.dropToken(); return; }
          if (!response.ok || !response.body) throw new Error(String(response.status));
          this.tries = 0;
          this.flush();
          const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
          let buffer = "";
          for (;;) {
            const { value, done } = await patient(reader.read());
            if (done) break;
            buffer += value;
            let end;
            while ((end = buffer.indexOf("\n\n")) >= 0) { this.receive(buffer.slice(0, end)); buffer = buffer.slice(end + 2); }
          }
        } catch (error) { if (abort.signal.aborted) return; }
        this.tries += 1;
        await new Promise((resolve) => setTimeout(resolve, this.delay()));
      }
    }

    /** @param {string} block */
    receive(block) {
      let event = "message", data = "", id = "";
      for (const line of block.split("\n")) {
        if (line.startsWith("event: ")) event = line.slice(7);
        else if (line.startsWith("data: ")) data += line.slice(6);
        else if (line.startsWith("id: ")) id = line.slice(4);
      }
      const parsed = data ? JSON.parse(data) : {};
      if (id) this.lastId = id;
      if (event === "turn") this.onTurn(parsed);
      else if (event === "sentence") this.onSentence(parsed.text);
      else if (event === "typing") this.show("typing");
      else if (event === "problem") { this.show(""); this.notice(parsed.text); }
      else if (event === "status") this.onStatus(parsed);
    }

    /** @param {any} turn */
    onTurn(turn) {
      if (this.seen.has(turn.id)) return;
      this.seen.add(turn.id);
      if (turn.author === "customer") {
        // A burst is stored as one turn: what is shown already stays as it was typed, where it is all of the turn.
        const ids = [...(turn.absorbed || []), turn.message_id];
        const shown = ids.every((id) => this.pending.has(id));
        for (const id of ids) {
          if (!shown) this.pending.get(id)?.remove();
          this.pending.delete(id);
        }
        this.keepQueue(ids.map((message_id) => ({ message_id })));
        if (!shown) this.addTurn(turn);
        if (this.owner !== "bot") this.show("");
        return;
      }
      this.show("");
      if (this.live) { this.live.remove(); this.live = null; }
      this.addTurn(turn);
      if (!later(turn.id, kept.get("read"))) return;
      if (this.panel.hidden) { this.unread += 1; this.showUnread(); } else this.markRead(turn.id);
      this.emit("message", turn);
    }

    /** @param {string} piece */
    onSentence(piece) {
      if (!this.live) {
        this.liveText = "";
        this.live = this.addTurn({ id: "", author: "bot", text: "", sources: [], suggestions: [], live: true });
        this.live.setAttribute("aria-hidden", "true"); // announced once, when it is finished
      }
      this.liveText += piece;
      render(/** @type {HTMLElement} */ (this.live.querySelector(".bubble")), this.liveText);
      this.log.scrollTop = this.log.scrollHeight;
      this.show("");
    }

    /** @param {{owner: string, operator: string|null, place?: number, rating?: number|null}} state */
    onStatus(state) {
      const w = this.words();
      if (state.owner !== "unavailable") this.owner = state.owner;
      this.showQueued(); // after the first turns, so that they stand in order
      if (state.owner === "unavailable") { this.show("offline", w.trouble); return; }
      this.loaded = true;
      this.dropKnown();
      this.under.textContent = state.owner === "human" ? w.withHuman.replace("{name}", state.operator || "") : state.owner === "queued" ? (state.place ? w.place.replace("{n}", String(state.place)) : w.queued) : w.subtitle;
      this.reach.hidden = state.owner !== "queued";
      this.rating = state.rating ?? null;
      this.showRating();
      if (state.owner === "human" || state.owner === "queued") this.show("");
    }

    /** @param {""|"typing"|"offline"} what @param {string} [line] */
    show(what, line) {
      this.status.replaceChildren();
      if (what === "typing") this.status.append(el("span", { class: "dots", role: "img", "aria-label": this.words().typing }, el("span"), el("span"), el("span")));
      if (what === "offline") this.status.textContent = line || this.words().offline;
    }

    /** @param {string} text */
    notice(text) { this.addTurn({ id: "", author: "system", text, sources: [], suggestions: [] }); }

    /** What was shown while the chat was open is not new after a reload. @param {string} id */
    markRead(id) { if (later(id, kept.get("read"))) kept.set("read", id); }
    showUnread() {
      this.badge.hidden = !this.unread;
      this.badge.textContent = String(this.unread);
      document.title = this.unread ? `(${this.unread}) ${this.title_}` : this.title_;
    }

    /** @param {any} turn */
    addTurn(turn) {
      const w = this.words();
      const bubble = el("div", { class: "bubble" });
      render(bubble, turn.text);
      const node = el("div", { class: "turn " + turn.author });
      if (turn.author === "human") node.append(el("p", { class: "who" }, turn.operator || ""));
      node.append(el("span", { class: "quiet" }, turn.author === "customer" ? w.you : turn.author === "human" ? turn.operator || "" : w[turn.author] || ""), bubble);
      const under = el("div", { class: "under" });
      if (turn.sources && turn.sources.length) {
        const list = el("ul");
        for (const source of turn.sources) list.append(el("li", {}, source.title));
        under.append(el("details", {}, el("summary", {}, `${w.sources} (${turn.sources.length})`), list));
      }
      for (const question of turn.suggestions || []) {
        const chip = el("button", { class: "chip", type: "button" }, question);
        chip.addEventListener("click", () => this.send(question));
        under.append(chip);
      }
      if (turn.author === "bot" && !turn.greeting && !turn.live) {
        const votes = el("span", { class: "votes" });
        for (const [label, helpful, face] of /** @type {[string, boolean, "up"|"down"][]} */ ([[w.helpful, true, "up"], [w.unhelpful, false, "down"]])) {
          const vote = el("button", { class: "chip vote", type: "button", "aria-label": label, title: label, "aria-pressed": "false" }, icon(face, "15"));
          vote.addEventListener("click", () => {
            for (const other of under.querySelectorAll(".vote")) other.setAttribute("aria-pressed", String(other === vote));
            this.announcer.textContent = w.thanks;
            this.post("/api/feedback", { message_id: turn.message_id, helpful }).catch(() => {});
          });
          votes.append(vote);
        }
        under.append(votes);
        if (turn.offer_human) {
          const human = el("button", { class: "chip", type: "button" }, w.human);
          human.addEventListener("click", () => this.human());
          under.append(human);
        }
      }
      if (turn.ask_rating) under.append(this.rating === null ? this.stars() : el("span", { class: "given" }, w.rated.replace("{n}", String(this.rating))));
      if (under.childNodes.length) node.append(under);
      this.log.append(node);
      this.log.scrollTop = this.log.scrollHeight;
      return node;
    }

    /** @param {string} name @param {any} [detail] */
    emit(name, detail) { for (const listener of this.listeners.get(name) || []) listener(detail); }
  }

  /** Whether a turn came after another; ids are a time and a number ("1764371400000-0"). @param {string} id @param {string|null} other */
  function later(id, other) {
    const [[time, number = 0], [before, last = 0]] = [id, other || "0"].map((name) => name.split("-").map(Number));
    return time > before || (time === before && number > last);
  }
  /** @returns {{message_id: string, text: string}[]} */
  function readQueue() {
    try {
      const queue = JSON.parse(kept.get("queue") || "[]");
      return Array.isArray(queue) ? queue.filter((m) => typeof m?.message_id === "string" && typeof m?.text === "string") : [];
    } catch { return []; }
  }
  /** @returns {"en"|"zh"} */
  function pickLanguage() {
    const wanted = options.lang && options.lang !== "auto" ? options.lang : navigator.language || document.documentElement.lang || "en";
    return wanted.toLowerCase().startsWith("zh") ? "zh" : "en";
  }

  customElements.define("frontdesk-chat", Chat);
  const chat = /** @type {Chat} */ (document.createElement("frontdesk-chat"));
  const api = {
    /** @param {{question?: string, send?: boolean}} [what] */
    open(what = {}) {
      chat.open();
      if (what.question && what.send) chat.send(what.question);
      else if (what.question) chat.input.value = what.question;
    },
    close() { chat.close(); },
    /** @param {string} name @param {Function} listener */
    on(name, listener) { chat.listeners.set(name, (chat.listeners.get(name) || new Set()).add(listener)); },
  };
  Object.defineProperty(window, "frontdesk", { value: Object.freeze(api) });
  const mount = () => document.body.append(chat);
  if (document.body) mount(); else addEventListener("DOMContentLoaded", mount);
})();
