// @ts-check
/** Canned replies: "/" and a few letters in the answer box show those that fit; Enter or Tab puts one in. */
"use strict";

/** @type {{id: string, replies: {shortcut: string, text: string}[]}} */
const canned = { id: "", replies: [] };

/** Have the box offer the conversation's canned replies. @param {HTMLTextAreaElement} box @param {string} id */
function offerCanned(box, id) {
  const menu = el("ul", { class: "canned", role: "listbox", id: "canned", "aria-label": "Canned replies" });
  menu.hidden = true;
  box.setAttribute("aria-controls", "canned");
  box.setAttribute("aria-autocomplete", "list");
  let chosen = 0, start = -1;
  const fitting = () => {
    const before = box.value.slice(0, box.selectionStart);
    const match = /(?:^|\s)\/([\w-]*)$/.exec(before);
    start = match ? before.length - match[1].length - 1 : -1;
    return match ? canned.replies.filter((reply) => reply.shortcut.startsWith(match[1].toLowerCase())) : [];
  };
  const close = () => { menu.hidden = true; box.removeAttribute("aria-activedescendant"); };
  const show = () => {
    const fits = fitting();
    if (!fits.length) { close(); return; }
    chosen = Math.max(0, Math.min(chosen, fits.length - 1));
    menu.replaceChildren(...fits.map((reply, i) => {
      const item = el("li", { role: "option", id: `canned-${i}`, "aria-selected": String(i === chosen) }, el("strong", {}, "/" + reply.shortcut), " ", reply.text);
      item.addEventListener("mousedown", (event) => { event.preventDefault(); insert(reply); });
      return item;
    }));
    menu.hidden = false;
    box.setAttribute("aria-activedescendant", `canned-${chosen}`);
    menu.children[chosen].scrollIntoView({ block: "nearest" });
  };
  const insert = (/** @type {{text: string}} */ reply) => {
    const end = box.selectionStart;
    box.value = box.value.slice(0, start) + reply.text + box.value.slice(end);
    // What is not known stands in brackets: the first is selected, so that the next key fills it.
    const hole = /\[(?:name|order|operator)\]/.exec(box.value.slice(start));
    const at = start + (hole ? hole.index : reply.text.length);
    box.setSelectionRange(at, hole ? at + hole[0].length : at);
    close();
    box.focus();
  };
  box.addEventListener("input", () => { chosen = 0; show(); });
  box.addEventListener("blur", close);
  box.addEventListener("keydown", (event) => {
    if (menu.hidden || event.isComposing) return;
    const fits = fitting();
    if (event.key === "ArrowDown" || event.key === "ArrowUp") chosen = (chosen + (event.key === "ArrowDown" ? 1 : -1) + fits.length) % fits.length;
    else if ((event.key === "Enter" && !event.ctrlKey && !event.metaKey) || event.key === "Tab") { if (fits[chosen]) insert(fits[chosen]); event.preventDefault(); return; }
    else if (event.key === "Escape") { close(); event.stopPropagation(); event.preventDefault(); return; }
    else return;
    event.preventDefault();
    show();
  });
  if (canned.id !== id) {
    canned.id = id;
    canned.replies = [];
    get("canned?id=" + encodeURIComponent(id)).then((replies) => { if (canned.id === id) { canned.replies = replies; if (document.activeElement === box) show(); } }).catch((error) => toast(String(error)));
  }
  return menu;
}
