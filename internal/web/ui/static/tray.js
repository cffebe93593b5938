// A small tray on the pages of a request: uploads whose page was left go on, and can be seen. Where the browser can't
// keep them alive between pages, leaving asks first, and the file goes on from what has come when it is chosen again.
(() => {
  "use strict";
  const script = document.currentScript;
  let lives = false;
  let worker = null;
  if (window.SharedWorker) {
    try {
      const options = { name: "uploads", get extendedLifetime() { return (lives = true); } };
      worker = new SharedWorker(script.dataset.worker, options);
    } catch {
      worker = null;
    }
  }
  const busy = { here: () => 0, elsewhere: 0 };
  let within = false; // the next page is one that has the tray

  const stays = (address) => lives && worker && new URL(address, location.href).origin === location.origin && new URL(address, location.href).pathname.startsWith("/requests/");
  document.addEventListener("click", (e) => {
    const link = e.target.closest("a[href]");
    if (link && !link.target) within = stays(link.href);
  }, true);
  document.addEventListener("submit", (e) => {
    const to = (e.submitter && e.submitter.getAttribute("formaction")) || e.target.getAttribute("action") || location.href;
    within = stays(to);
  }, true);
  addEventListener("beforeunload", (e) => {
    if (within || !(busy.here() + busy.elsewhere)) return;
    e.preventDefault();
  });
  addEventListener("pageshow", () => (within = false));

  // For the page of files: what it hands over when it is left, and takes back when it is opened.
  window.parleyUploads = {
    counts: (f) => (busy.here = f),
    hand: (some) => worker && lives && some.length && worker.port.postMessage({ take: some }),
    back: (to, f) => {
      onBack = f;
      if (worker) worker.port.postMessage({ back: to });
    },
  };
  let onBack = null;
  if (!worker) return;

  const tray = Object.assign(document.createElement("section"), { className: "tray no-print", hidden: true });
  tray.setAttribute("aria-label", t`Uploads`);
  const list = Object.assign(document.createElement("ul"), { className: "plain" });
  const said = Object.assign(document.createElement("p"), { className: "usa-sr-only" });
  said.setAttribute("role", "status");
  tray.append(list);
  document.querySelector("main").append(tray, said);
  const done = new Set();
  const inWords = (one) => {
    switch (one.state) {
      case "sending":
        return t`Uploading, ${one.percent}%`;
      case "stopped":
        return t`Stopped. Open the page of files and choose the file again: it goes on where it stopped`;
      case "sent":
        return t`Uploaded`;
      case "offline":
        return t`Paused — you’re offline`;
    }
    return t`Uploading`;
  };
  const show = (all) => {
    busy.elsewhere = all.filter((one) => !one.ended).length;
    tray.hidden = !all.length;
    list.replaceChildren(...all.map((one) => {
      const row = document.createElement("li");
      const name = Object.assign(document.createElement("span"), { className: "file-name", textContent: one.name });
      const words = Object.assign(document.createElement("span"), { className: "file-state", textContent: inWords(one) });
      row.append(name, " ", words);
      if (!one.ended) {
        const bar = Object.assign(document.createElement("progress"), { max: 100, value: one.percent });
        bar.setAttribute("aria-label", t`Upload of ${one.name}`);
        row.append(bar);
      }
      if (one.ended && !done.has(one.name)) {
        done.add(one.name);
        said.textContent = `${one.name}: ${inWords(one)}`;
      }
      return row;
    }));
  };
  worker.port.onmessage = ({ data }) => {
    if (data.list) show(data.list);
    if (data.back && onBack) onBack(data.back);
  };
  worker.port.postMessage({});
  addEventListener("pagehide", () => worker.port.postMessage({ left: true }));
})();
