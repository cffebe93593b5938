// What others change on a page that stands open. Without this script, or without a line to the server, the page is as it
// was when it was opened, and whatever it sends is checked anew.
(() => {
  "use strict";
  const box = document.querySelector("[data-live]");
  if (!box || !("EventSource" in window)) return;
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const state = box.querySelector("[data-live-state]");
  const said = box.querySelector("[data-live-said]");
  const button = box.querySelector("[data-live-pause]");
  const kind = box.dataset.liveKind;
  let mark = box.dataset.liveMark;
  let source = null;
  let timer = 0;
  let over = false;

  // One message in ten seconds is enough for who listens to the page.
  let last = -Infinity;
  let waiting = 0;
  let latest;
  const say = (text, link) => {
    latest = [text, link];
    if (waiting) return;
    waiting = setTimeout(() => {
      waiting = 0;
      last = performance.now();
      said.replaceChildren(latest[0] + " ");
      if (!latest[1]) return;
      said.append(Object.assign(document.createElement("a"), { href: location.pathname + location.search, textContent: latest[1] }));
    }, Math.max(0, last + 10000 - performance.now()));
  };

  // Times: one that is gone stays where it is, and whoever is on it stays on it.
  const radios = () => all("[data-slots] input[type=radio]");
  const label = (radio) => radio.labels[0];
  const settle = (radio) => {
    radio.disabled = "taken" in radio.dataset && !radio.checked && radio !== document.activeElement;
  };
  const taken = (radio) => {
    if ("taken" in radio.dataset || radio.disabled) return;
    radio.dataset.taken = "";
    const note = Object.assign(document.createElement("span"), { className: "slot-note", textContent: t`Just taken` });
    note.dataset.liveNote = "";
    label(radio).firstChild.after(note, " ");
    if (radio.checked) say(t`${label(radio).firstChild.textContent.trim()} was just taken. Choose another time.`);
    settle(radio);
  };
  const free = (radio) => {
    if (!("taken" in radio.dataset)) return;
    delete radio.dataset.taken;
    label(radio).querySelector("[data-live-note]").remove();
    if (radio.checked) say(t`${label(radio).firstChild.textContent.trim()} is free again.`);
    settle(radio);
  };
  let opened = 0;
  const times = (news) => {
    const known = new Map(radios().map((r) => [r.id, r]));
    if (news.all) {
      const now = new Set(news.all);
      for (const [id, r] of known) now.has(id) ? free(r) : taken(r);
      if (!known.size && now.size) opened = now.size;
    } else {
      for (const id of news.gone) known.has(id) && taken(known.get(id));
      for (const id of news.new) known.has(id) ? free(known.get(id)) : opened++;
    }
    if (opened) say(opened === 1 ? t`A time has opened.` : t`More times have opened.`, t`Show them`);
  };
  for (const type of ["focusout", "change"]) {
    document.addEventListener(type, () => setTimeout(() => radios().forEach((r) => "taken" in r.dataset && settle(r))));
  }

  const changes = (n) => (n === 1 ? t`1 change.` : t`${n} changes.`);

  // A list: what still stands in it changes in place, unless somebody is on it; what comes or goes would move the rest,
  // so that waits until it is asked for.
  let reading = false;
  let unread = false;
  const list = async () => {
    unread = true;
    if (reading) return;
    reading = true;
    while (unread) {
      unread = false;
      try {
        const answer = await fetch(location.pathname + location.search, { redirect: "error" });
        if (answer.ok) compare(new DOMParser().parseFromString(await answer.text(), "text/html"));
      } catch {
        // the next change, or the next look, tries again
      }
    }
    reading = false;
  };
  const compare = (page) => {
    const items = (root) => new Map(all("[data-live-item]", root).map((e) => [e.dataset.liveItem, e]));
    const theirs = items(page);
    const mine = items(document);
    let others = [...theirs.keys()].filter((k) => !mine.has(k)).length;
    for (const [key, e] of mine) {
      const now = theirs.get(key);
      if (now && now.outerHTML === e.outerHTML) continue;
      if (now && !e.contains(document.activeElement)) e.replaceWith(document.importNode(now, true));
      else others++;
    }
    if (others) say(changes(others), t`Show`);
  };

  let counted = 0;
  const board = (news) => {
    if (news.all) return say(t`There are changes.`, t`Show`);
    counted += news.gone.length + news.new.length + news.changed.length;
    say(changes(counted), t`Show`);
  };

  const take = (text) => {
    const news = JSON.parse(text);
    mark = news.mark;
    ({ times, list, board })[kind](news);
  };

  // A browser comes back by itself when a stream breaks, and not when it was refused; then we look twice a minute.
  const address = () => box.dataset.live + (box.dataset.live.includes("?") ? "&" : "?") + "since=" + mark;
  const paused = () => localStorage.getItem("parley-live") === "paused";
  const close = () => {
    clearTimeout(timer);
    if (source) source.close();
    source = null;
  };
  const end = () => {
    over = true;
    close();
  };
  const open = () => {
    close();
    if (over || paused() || document.hidden) return;
    source = new EventSource(address());
    source.onmessage = (e) => take(e.data);
    source.addEventListener("over", end);
    source.onerror = () => {
      if (source && source.readyState === EventSource.CLOSED) timer = setTimeout(look, 30000);
    };
  };
  const look = async () => {
    try {
      const answer = await fetch(address(), { headers: { Accept: "application/json" }, redirect: "manual" });
      if (answer.type === "opaqueredirect" || (answer.status >= 400 && answer.status < 500)) return end();
      if (answer.status === 200) take(await answer.text());
    } catch {
      // no line: the next turn tries again
    }
    open();
  };

  const draw = () => {
    state.textContent = paused() ? t`Updates are paused.` : t`This page updates by itself.`;
    button.textContent = paused() ? t`Resume updates` : t`Pause updates`;
  };
  button.addEventListener("click", () => {
    if (paused()) localStorage.removeItem("parley-live");
    else localStorage.setItem("parley-live", "paused");
    draw();
    open();
  });
  document.addEventListener("visibilitychange", open);
  addEventListener("pagehide", close);
  addEventListener("pageshow", (e) => e.persisted && open());
  box.hidden = false;
  draw();
  if (document.readyState === "complete") open();
  else addEventListener("load", open);
})();
