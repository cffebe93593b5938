// Everything here is an extra: each page works without it.
(() => {
  "use strict";
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];

  // Errors: the summary takes focus, and its links the first control of the field they name.
  const summary = document.querySelector("[data-error-summary]");
  if (summary) {
    summary.focus();
    summary.addEventListener("click", (e) => {
      const link = e.target.closest("a");
      const field = link && document.getElementById(link.hash.slice(1));
      if (!field) return;
      const control = field.matches("input, select, textarea, button")
        ? field
        : field.querySelector("input:not([type=hidden]), select, textarea");
      if (!control) return;
      e.preventDefault();
      (control.closest("fieldset, .field") || control).scrollIntoView({ block: "start" });
      control.focus({ preventScroll: true });
    });
  }

  // What a page waits for comes by itself; the link to look again stays for who would rather.
  const awaited = document.querySelector("[data-await]");
  if (awaited) {
    let tries = 0;
    const look = async () => {
      if (++tries > 60) return;
      const answer = await fetch(location.href, { headers: { "X-Await": "1" } }).catch(() => null);
      if (!answer || !answer.ok) return setTimeout(look, 2000);
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      if (page.querySelector("[data-await]")) return setTimeout(look, 2000);
      location.reload();
    };
    setTimeout(look, 1000);
  }

  // Menus close by Escape, with focus back on their button, and by a click elsewhere.
  for (const menu of all("details[data-menu]")) {
    menu.addEventListener("keydown", (e) => {
      if (e.key !== "Escape" || !menu.open) return;
      menu.open = false;
      menu.querySelector("summary").focus();
    });
    document.addEventListener("click", (e) => {
      if (!menu.contains(e.target)) menu.open = false;
    });
  }

  // Filters stand open beside a list; where they would stand above it, they open on request.
  if (matchMedia("(min-width: 64rem)").matches) {
    for (const fold of all("details[data-open-wide]")) fold.open = true;
  }

  for (const offer of all("[data-needs-passkeys]")) offer.hidden = !window.PublicKeyCredential;

  for (const button of all("[data-show-password]")) {
    const box = document.getElementById(button.getAttribute("aria-controls"));
    const show = (on) => {
      box.type = on ? "text" : "password";
      button.textContent = on ? t`Hide password` : t`Show password`;
    };
    button.hidden = false;
    button.addEventListener("click", () => show(box.type === "password"));
    if (box.form) box.form.addEventListener("submit", () => show(false));
  }

  for (const button of all("[data-copy]")) {
    if (!navigator.clipboard) break;
    const label = button.textContent;
    const said = document.createElement("span");
    said.className = "usa-sr-only";
    said.setAttribute("role", "status");
    button.after(said);
    button.hidden = false;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(button.dataset.copy);
      button.textContent = said.textContent = t`Copied`;
      setTimeout(() => {
        button.textContent = label;
        said.textContent = "";
      }, 3000);
    });
  }

  // What can stand in a text puts itself where the cursor is.
  for (const code of all("[data-insert]")) {
    const box = document.getElementById(code.dataset.into);
    const button = document.createElement("button");
    button.type = "button";
    button.className = "usa-button usa-button--unstyled";
    code.replaceWith(button);
    button.append(code);
    button.addEventListener("click", () => {
      box.setRangeText(code.dataset.insert, box.selectionStart, box.selectionEnd, "end");
      box.focus();
    });
  }
  for (const hint of all("[data-insert-hint]")) hint.hidden = false;

  for (const button of all("[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => print());
  }

  // Characters left, from 80 % of the limit; typing past it is allowed, the server says so.
  for (const left of all("[data-count-for]")) {
    const box = document.getElementById(left.dataset.countFor);
    const max = Number(left.dataset.max);
    const count = () => {
      const rest = max - [...box.value].length;
      const n = Math.abs(rest).toLocaleString("en-US");
      const over = () => (rest === -1 ? t`1 character too many` : t`${n} characters too many`);
      const under = () => (rest === 1 ? t`1 character left` : t`${n} characters left`);
      left.textContent = rest > max / 5 ? "" : rest < 0 ? over() : under();
      left.classList.toggle("is-over", rest < 0);
    };
    box.addEventListener("input", count);
    count();
  }

  // What is typed is saved on the way; the form's own button does the same without a script.
  for (const form of all("form[data-autosave]")) {
    const status = form.querySelector("[data-autosave-status]");
    let timer = 0;
    const say = (text) => {
      if (status && status.textContent !== text) status.textContent = text;
    };
    const save = async () => {
      const body = new URLSearchParams(new FormData(form));
      body.delete("_key"); // the same form may be saved many times
      body.delete("password");
      try {
        const answer = await fetch(form.dataset.autosave, { method: "POST", headers: { "X-Autosave": "1" }, body, redirect: "manual" });
        say(answer.status === 204 || answer.status === 200 ? t`Saved.` : t`Not saved yet. Use the button to save it.`);
        if (answer.status === 200) {
          // what is saved has been read: the next change is one to it
          for (const [name, value] of Object.entries(await answer.json())) if (form.elements[name]) form.elements[name].value = value;
        }
      } catch {
        say(t`Not saved yet: we can't reach the server. What you typed is still here.`);
      }
    };
    document.addEventListener("input", (e) => {
      if (e.target.form !== form) return; // fields of a form may stand outside of it
      clearTimeout(timer);
      timer = setTimeout(save, 1000);
    });
    form.addEventListener("submit", () => clearTimeout(timer));
  }

  // A whole date pasted into one box fills all three.
  for (const field of all("[data-date]")) {
    field.addEventListener("paste", (e) => {
      const text = e.clipboardData.getData("text").trim();
      const us = text.match(/^(\d{1,2})[/.-](\d{1,2})[/.-](\d{2,4})$/);
      const iso = text.match(/^(\d{4})-(\d{1,2})-(\d{1,2})$/);
      const words = text.match(/^([A-Za-z]{3,9})\.?\s+(\d{1,2}),?\s+(\d{2,4})$/);
      const parts = us || words ? (us || words).slice(1) : iso && [iso[2], iso[3], iso[1]];
      if (!parts) return;
      e.preventDefault();
      all("input", field).forEach((box, i) => {
        box.value = parts[i];
      });
    });
  }

  for (const box of all("input[data-guess-tz]")) {
    if (!box.value) box.value = Intl.DateTimeFormat().resolvedOptions().timeZone || "";
  }

  // A table that scrolls must be reachable by keyboard, and then needs a name.
  const scrollers = () => {
    for (const wrap of all("[data-scroll]")) {
      const scrolls = wrap.scrollWidth > wrap.clientWidth;
      const set = { tabindex: "0", role: "region", "aria-labelledby": wrap.dataset.scroll };
      for (const [name, value] of Object.entries(set)) {
        if (scrolls) wrap.setAttribute(name, value);
        else wrap.removeAttribute(name);
      }
    }
  };
  scrollers();
  addEventListener("resize", scrollers);

  // Week grid: Left and Right go to the same position on the next day that has times, Home and End to the
  // first and last of the day; Up and Down are the browser's.
  for (const root of all("[data-slots]")) {
    const free = (day) => all("input[type=radio]:not(:disabled)", day);
    const choose = (box) => {
      box.focus();
      box.checked = true;
      box.dispatchEvent(new Event("change", { bubbles: true }));
    };
    root.addEventListener("keydown", (e) => {
      if (!e.target.matches("input[type=radio]")) return;
      if (!/^(ArrowLeft|ArrowRight|Home|End)$/.test(e.key) || e.ctrlKey || e.metaKey || e.altKey) return;
      e.preventDefault();
      const day = e.target.closest("fieldset");
      const here = free(day);
      if (e.key === "Home" || e.key === "End") return choose(e.key === "Home" ? here[0] : here[here.length - 1]);
      const days = all("fieldset", root).filter((d) => free(d).length);
      const next = days[days.indexOf(day) + (e.key === "ArrowRight" ? 1 : -1)];
      if (!next) return;
      const there = free(next);
      choose(there[Math.min(here.indexOf(e.target), there.length - 1)]);
    });
  }

  // Clocks tick by the server's time: a wrong clock on the desk must not change a deadline.
  const sent = Date.parse(document.documentElement.dataset.now || "");
  const offset = sent ? sent - Date.now() : 0;
  const span = (minutes) => {
    const days = Math.floor(minutes / 1440);
    const hours = Math.floor((minutes % 1440) / 60);
    if (days >= 2) return t`${days} days`;
    if (days) return hours ? t`1 day ${hours} h` : t`1 day`;
    if (hours) return minutes % 60 ? t`${hours} h ${minutes % 60} min` : t`${hours} h`;
    return t`${minutes} min`;
  };
  const tick = () => {
    for (const clock of all("[data-clock]")) {
      const minutes = Math.floor((Date.parse(clock.dataset.clock) - Date.now() - offset) / 60000);
      const late = minutes < 0;
      const text = clock.querySelector("[data-clock-text]");
      text.textContent = late ? t`Overdue by ${span(-minutes)}`.slice(t`Overdue`.length).trim() : t`Due in ${span(minutes)}`; // the state stands before it
      if (!late || clock.classList.contains("clock-overdue")) continue;
      clock.className = "clock clock-overdue";
      clock.querySelector(".clock-state").textContent = t`Overdue`;
    }
  };
  if (document.querySelector("[data-clock]")) {
    setInterval(tick, 60000);
    document.addEventListener("visibilitychange", () => document.hidden || tick());
  }

  addEventListener("beforeprint", () => {
    for (const head of all("[data-printed]")) {
      const at = new Date(Date.now() + offset).toLocaleString(`${document.documentElement.lang}-US`, { dateStyle: "medium", timeStyle: "long" });
      head.querySelector("span")?.remove();
      head.append(Object.assign(document.createElement("span"), { textContent: ` · ${location.pathname} · ${at}` }));
    }
  });

  // A text box that offers what was typed could mean (ARIA 1.2 combobox with a list). Focus stays in the box; nothing is
  // chosen until somebody chooses it, and what is typed can always be sent as it is.
  for (const box of all("input[data-combo]")) {
    const list = Object.assign(document.createElement("ul"), { id: box.id + "-list", className: "combo-list", hidden: true });
    const said = Object.assign(document.createElement("span"), { className: "usa-sr-only" });
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", t`Suggestions`);
    said.setAttribute("role", "status");
    box.after(list, said);
    for (const [name, value] of Object.entries({ role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id })) box.setAttribute(name, value);
    let timer, asked = 0, at = -1;
    const options = () => all("[role=option]", list);
    const close = () => {
      list.hidden = true;
      at = -1;
      box.setAttribute("aria-expanded", "false");
      box.removeAttribute("aria-activedescendant");
    };
    const mark = (i) => {
      at = i;
      options().forEach((o, n) => o.setAttribute("aria-selected", String(n === i)));
      const o = options()[i];
      if (!o) return box.removeAttribute("aria-activedescendant");
      box.setAttribute("aria-activedescendant", o.id);
      o.scrollIntoView({ block: "nearest" });
    };
    const choose = (o) => {
      box.value = o.dataset.value;
      said.textContent = t`${o.textContent} chosen`;
      close();
    };
    const offer = async () => {
      const text = box.value.trim();
      const mine = ++asked;
      if (text.length < 2) return close();
      try {
        const answer = await fetch(box.dataset.combo + "?q=" + encodeURIComponent(text), { redirect: "error" });
        if (!answer.ok || mine !== asked) return;
        list.innerHTML = await answer.text();
      } catch {
        return close();
      }
      options().forEach((o, n) => (o.id = list.id + "-" + n));
      if (document.activeElement !== box) return close();
      list.hidden = !options().length;
      box.setAttribute("aria-expanded", String(!list.hidden));
      mark(-1);
      const n = options().length;
      said.textContent = n > 1 ? t`${n} results` : n ? t`1 result` : t`No results. You can still type a code.`;
    };
    box.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(offer, 150);
    });
    box.addEventListener("keydown", (e) => {
      const n = options().length;
      if (e.key === "ArrowDown" && list.hidden) offer();
      else if (e.key === "ArrowDown" && n) mark((at + 1) % n);
      else if (e.key === "ArrowUp" && n) mark(at > 0 ? at - 1 : n - 1);
      else if (e.key === "Enter" && at >= 0) choose(options()[at]);
      else if (e.key === "Escape" && !list.hidden) close();
      else return;
      e.preventDefault();
    });
    list.addEventListener("pointerdown", (e) => {
      const o = e.target.closest("[role=option]");
      e.preventDefault(); // focus stays in the box
      if (o) choose(o);
    });
    box.addEventListener("blur", close);
  }

  // The end of the session: asked once, in every tab of it, and put off by using any of them.
  const dialog = document.getElementById("idle");
  if (dialog && dialog.showModal) {
    const after = dialog.dataset.after * 1000;
    const warn = dialog.dataset.warn * 1000;
    const left = dialog.querySelector("[data-left]");
    const announce = dialog.querySelector("[data-announce]");
    const trouble = dialog.querySelector("[data-trouble]");
    const tabs = "BroadcastChannel" in window ? new BroadcastChannel("parley-session") : null;
    let end = Date.now() + after;
    let spoken = Infinity;
    let asked = 0;

    const minutes = (n) => (n === 1 ? t`1 minute` : t`${n} minutes`);
    const seconds = (n) => (n === 1 ? t`1 second` : t`${n} seconds`);
    const inWords = (s) => (s >= 60 ? [minutes(Math.floor(s / 60)), s % 60 ? seconds(s % 60) : ""].join(" ").trim() : seconds(s));
    const lock = () => location.assign("/locked?return=" + encodeURIComponent(location.pathname + location.search));
    const stay = () => {
      end = Date.now() + after;
      spoken = Infinity;
      if (dialog.open) dialog.close();
    };
    const extend = async () => {
      asked = Date.now();
      try {
        const answer = await fetch("/session/extend", { method: "POST", redirect: "manual" });
        if (answer.type === "opaqueredirect" || (answer.status >= 400 && answer.status < 500)) return lock();
        if (!answer.ok) throw new Error(String(answer.status));
        trouble.textContent = "";
        stay();
        if (tabs) tabs.postMessage("stay");
      } catch {
        trouble.textContent = t`We couldn't reach the server. Try again.`;
      }
    };
    if (tabs) {
      tabs.onmessage = stay;
      tabs.postMessage("stay"); // this page was itself a request
    }
    dialog.querySelector("[data-extend]").addEventListener("click", extend);
    dialog.addEventListener("cancel", (e) => {
      e.preventDefault();
      extend();
    });
    // Work on a long page counts as use.
    const used = () => {
      if (!dialog.open && Date.now() - asked > 60000 && end - Date.now() < after - 60000) extend();
    };
    addEventListener("keydown", used);
    addEventListener("pointerdown", used);

    setInterval(() => {
      const rest = Math.ceil((end - Date.now()) / 1000);
      if (rest <= 0) return lock();
      if (rest * 1000 > warn) return;
      if (!dialog.open) dialog.showModal();
      left.textContent = inWords(rest);
      const mark = [10, 30, 60, 120].find((m) => rest <= m);
      if (mark && mark < spoken) {
        spoken = mark;
        announce.textContent = inWords(rest);
      }
    }, 1000);
  }
})();
