// The case page: on a narrow window one part of it at a time.
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
