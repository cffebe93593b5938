// The case page and the queue: on a narrow window one part of a case at a time, and single keys for who wants them.
(() => {
  "use strict";
  const panes = document.querySelector("[data-panes]");
  const tabs = [...document.querySelectorAll(".bench-tabs a")];
  if (!panes || !tabs.length) return;
  const show = (id) => {
    for (const pane of panes.children) pane.classList.toggle("is-shown", pane.id === id);
    for (const tab of tabs) {
      if (tab.hash === "#" + id) tab.setAttribute("aria-current", "true");
      else tab.removeAttribute("aria-current");
    }
  };
  // What an address or an error leads to must be seen.
  const holding = (hash) => hash && document.getElementById(hash.slice(1))?.closest("[data-panes] > section")?.id;
  panes.dataset.panes = "one";
  const wrong = panes.querySelector(".field-error, [aria-invalid=true], .usa-error-message");
  show(holding(location.hash) || wrong?.closest("[data-panes] > section")?.id || "pane-criteria");
  document.addEventListener("click", (e) => {
    const link = e.target.closest("a[href^='#']");
    const id = link && holding(link.hash);
    if (!id) return;
    show(id);
    if (tabs.includes(link)) {
      e.preventDefault();
      link.focus();
    }
  });
  document.addEventListener("parley:pane", (e) => show(e.detail.closest("[data-panes] > section")?.id || "pane-evidence"));
})();

(() => {
  "use strict";
  const told = document.querySelector("[data-keys]");
  if (!told) return;
  const keys = JSON.parse(told.dataset.keys);
  const items = () => [...document.querySelectorAll("[data-criterion], a[data-open]")].filter((e) => e.checkVisibility());
  const current = () => {
    const all = items();
    const at = document.activeElement.closest("[data-criterion]") || document.querySelector("[data-criterion][data-current]") || document.activeElement;
    return [all, all.indexOf(at)];
  };
  const move = (by) => {
    const [all, at] = current();
    const to = all[at < 0 ? 0 : Math.min(Math.max(0, at + by), all.length - 1)];
    if (!to) return;
    to.focus();
    to.scrollIntoView({ block: "center" });
  };
  const mark = (nth) => {
    const [all, at] = current();
    const form = all[at]?.querySelector("form");
    const box = form?.querySelectorAll("input[type=radio]")[nth];
    if (!box) return;
    box.checked = true;
    form.requestSubmit();
  };
  const press = (name) => document.querySelector(`[data-key=${name}]`)?.click();
  const viewer = (what) => document.dispatchEvent(new CustomEvent("parley:viewer", { detail: what }));

  // The map of keys is a dialog; Escape closes it, and focus goes back.
  const map = () => {
    const dialog = document.createElement("dialog");
    dialog.className = "keys";
    dialog.setAttribute("aria-labelledby", "keys-title");
    const list = document.createElement("dl");
    for (const k of keys) {
      list.append(Object.assign(document.createElement("dt"), { textContent: k.key }), Object.assign(document.createElement("dd"), { textContent: k.words }));
    }
    const change = Object.assign(document.createElement("a"), { href: "/review/keys", textContent: "Change or turn off" });
    const close = Object.assign(document.createElement("button"), { type: "button", className: "usa-button usa-button--outline", textContent: "Close" });
    close.addEventListener("click", () => dialog.close());
    dialog.append(Object.assign(document.createElement("h2"), { id: "keys-title", textContent: "Keyboard shortcuts" }), list, change, close);
    dialog.addEventListener("close", () => dialog.remove());
    document.body.append(dialog);
    dialog.showModal();
  };
  const acts = {
    next: () => press("next"), approve: () => press("approve"), queue: () => location.assign("/review"), map,
    down: () => move(1), up: () => move(-1), met: () => mark(0), not_met: () => mark(1), not_shown: () => mark(2),
    select: () => document.activeElement.closest(".choose")?.querySelector("input")?.click(),
    evidence: () => viewer("evidence"), page_before: () => viewer("prev"), page_after: () => viewer("next"), find: () => viewer("find"),
  };
  document.addEventListener("keydown", (e) => {
    if (e.ctrlKey || e.metaKey || e.altKey || e.isComposing || e.defaultPrevented || e.repeat) return;
    if (e.target.closest("input:not([type=checkbox], [type=radio]), select, textarea, [contenteditable], dialog")) return;
    const k = keys.find((k) => k.key === e.key.toLowerCase());
    if (!k) return;
    e.preventDefault();
    acts[k.id]();
  });
})();
