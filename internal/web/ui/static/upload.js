// Uploads on the page of files: in pieces by the tus protocol, going on where they stopped. Without this script the
// same forms send whole files.
(() => {
  "use strict";
  const page = document.querySelector("[data-upload-page]");
  if (!page || !window.fetch) return;
  const piece = 4 << 20; // bytes; a line that breaks loses no more than what is under way
  const said = document.querySelector("[data-upload-said]");
  const limit = Number(page.dataset.most);
  const endings = page.dataset.types.split(",");
  const running = new Map(); // mark of a file to its upload

  // One polite line at most every five seconds; percentages are never read out.
  let lines = [];
  let speaking = 0;
  const say = (line) => {
    lines.push(line);
    if (speaking) return;
    speaking = setTimeout(() => {
      said.textContent = lines.join(". ");
      lines = [];
      speaking = 0;
    }, said.textContent ? 5000 : 200);
  };

  const wait = (ms) => new Promise((done) => setTimeout(done, ms));
  const base64 = (text) => btoa(String.fromCharCode(...new TextEncoder().encode(text)));
  const markOf = (file) => [file.name, file.size, file.lastModified].join(" ");
  const element = (name, more, ...inside) => {
    const e = Object.assign(document.createElement(name), more);
    e.append(...inside);
    return e;
  };

  // A row for a file that is not on the server's list yet.
  const rowFor = (list, file) => {
    const old = list.querySelector(`li[data-mark="${CSS.escape(markOf(file))}"][data-file=uploading]`);
    const status = element("p", { className: "file-state" });
    const bar = element("progress", { max: 100, value: 0 });
    bar.setAttribute("aria-label", t`Upload of ${file.name}`);
    const pause = element("button", { type: "button", className: "usa-button usa-button--outline is-small" });
    const cancel = element("button", { type: "button", className: "usa-button usa-button--outline is-small" });
    const row = element("li", { className: "file" }, element("h3", { className: "file-name", textContent: file.name }), status, bar, element("div", { className: "cluster" }, pause, cancel));
    row.dataset.sending = "";
    const name = (button, text) => button.replaceChildren(text, element("span", { className: "usa-sr-only", textContent: " " + file.name }));
    name(pause, t`Pause`);
    name(cancel, t`Cancel`);
    if (old) old.replaceWith(row);
    else list.append(row);
    return {
      row, bar, pause, cancel,
      words: (text) => (status.textContent = text),
      rename: (text) => name(pause, text),
      end: (text) => {
        status.textContent = text;
        bar.remove();
        pause.remove();
        name(cancel, t`Remove from the list`);
        cancel.onclick = () => row.remove();
      },
    };
  };

  const wrongWith = (file) => {
    const ending = "." + file.name.split(".").pop().toLowerCase();
    if (!endings.includes(ending)) return page.dataset.wrongType;
    if (!file.size) return t`The file is empty`;
    if (file.size > limit) return page.dataset.tooLarge;
    if (running.has(markOf(file))) return t`You’ve already uploaded this file`;
    return "";
  };

  const problemOf = async (answer) => {
    if (answer.type === "opaqueredirect" || answer.status === 401) return t`Your session ended. Sign in, and choose the file again: it goes on where it stopped`;
    try {
      return (await answer.json()).problem || t`It could not be uploaded`;
    } catch {
      return t`It could not be uploaded`;
    }
  };

  class Stop extends Error {}

  // An upload goes on until all has come, whatever the line does meanwhile.
  const upload = async (form, file) => {
    const view = rowFor(form.closest("section").querySelector("[data-files]"), file);
    const wrong = wrongWith(file);
    if (wrong) {
      view.end(wrong);
      say(`${file.name}: ${wrong}`);
      return;
    }
    const mine = { file, item: form.querySelector("[name=item]").value, paused: false, canceled: false, abort: null, go: () => {} };
    running.set(markOf(file), mine);
    view.words(t`Waiting`);
    view.pause.onclick = () => {
      mine.paused = !mine.paused;
      view.rename(mine.paused ? t`Go on` : t`Pause`);
      if (mine.paused && mine.abort) mine.abort.abort();
      if (!mine.paused) mine.go();
    };
    view.cancel.onclick = () => {
      mine.canceled = true;
      if (mine.abort) mine.abort.abort();
      mine.go();
    };
    const held = () => new Promise((go) => (mine.go = go));
    const show = (at) => {
      view.bar.value = Math.floor((at * 100) / file.size);
      view.words(t`Uploading, ${view.bar.value}%`);
    };
    try {
      await send(file, mine.item, mine, view, held, show);
      view.end(t`Checking`);
      say(t`${file.name} uploaded, checking`);
      running.delete(markOf(file));
      await refresh();
    } catch (e) {
      if (!(e instanceof Stop)) throw e;
      if (e.message) {
        view.end(e.message);
        say(`${file.name}: ${e.message}`);
      } else {
        view.row.remove();
        say(t`${file.name} canceled`);
      }
    } finally {
      running.delete(markOf(file));
    }
  };

  const send = async (file, item, mine, view, held, show) => {
    const meta = { filename: file.name, mark: markOf(file), item };
    const about = Object.entries(meta).map(([k, v]) => `${k} ${base64(v)}`).join(",");
    let place = "";
    let at = 0;
    for (let failures = 0; ; ) {
      if (mine.canceled) {
        if (place) await fetch(place.replace("/uploads/", "/files/") + "/delete", { method: "POST", redirect: "manual" }).catch(() => {});
        throw new Stop("");
      }
      if (mine.paused) {
        view.words(t`Paused`);
        await held();
        continue;
      }
      try {
        if (!place) {
          const made = await fetch(page.dataset.uploadPage, { method: "POST", redirect: "manual", headers: { "Tus-Resumable": "1.0.0", "Upload-Length": String(file.size), "Upload-Metadata": about } });
          if (made.status >= 500) throw new Error("again");
          if (made.status !== 201) throw new Stop(await problemOf(made));
          place = made.headers.get("Location");
          at = Number(made.headers.get("Upload-Offset"));
        }
        if (at >= file.size) return;
        show(at);
        mine.abort = new AbortController();
        const answer = await fetch(place, {
          method: "PATCH", redirect: "manual", signal: mine.abort.signal, body: file.slice(at, at + piece),
          headers: { "Tus-Resumable": "1.0.0", "Upload-Offset": String(at), "Content-Type": "application/offset+octet-stream" },
        });
        const now = answer.headers.get("Upload-Offset");
        if (answer.status === 204 || (answer.status === 409 && now)) {
          at = Number(now);
          failures = 0;
        } else if (answer.status >= 500) throw new Error("again");
        else throw new Stop(await problemOf(answer));
      } catch (e) {
        if (e instanceof Stop) throw e;
        if (mine.paused || mine.canceled) {
          place = ""; // what came of the piece under way, the server knows
          continue;
        }
        view.words(t`Paused — you’re offline`);
        if (failures === 0) say(t`${file.name} paused`);
        failures++;
        place = "";
        await Promise.race([wait(Math.min(30000, 1000 * 2 ** failures)), new Promise((back) => addEventListener("online", back, { once: true })), held()]);
      }
    }
  };

  // The server's list replaces ours, but for rows that are under way or in use.
  const refresh = async () => {
    let fresh;
    try {
      const answer = await fetch(location.pathname, { redirect: "error" });
      if (!answer.ok) return;
      fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    } catch {
      return;
    }
    for (const list of page.querySelectorAll("[data-files]")) {
      const there = fresh.querySelector(`[data-files="${CSS.escape(list.dataset.files)}"]`);
      if (!there) continue;
      const ids = new Set([...there.children].map((row) => row.id));
      for (const row of [...list.children]) {
        const gone = row.id ? !ids.has(row.id) : !row.querySelector("progress");
        if (gone && !row.contains(document.activeElement)) row.remove();
      }
      for (const row of [...there.children]) {
        const old = row.id && document.getElementById(row.id);
        if ([...running.keys()].includes(row.dataset.mark)) continue;
        if (!old) {
          const sending = list.querySelector("li[data-sending]:has(progress)");
          list.insertBefore(document.adoptNode(row), sending);
        } else if (old.dataset.file !== row.dataset.file && !old.contains(document.activeElement)) {
          say(`${row.querySelector(".file-name").textContent}: ${row.querySelector(".tag").textContent.trim()}`);
          old.replaceWith(document.adoptNode(row));
        }
      }
    }
    forget();
    watch();
  };

  // Our own rows that are done stand on the server's list now.
  const forget = () => {
    for (const row of page.querySelectorAll("li[data-sending]")) {
      if (!row.querySelector("progress") && row.querySelector(".file-state").textContent === t`Checking`) row.remove();
    }
  };

  // While something is being checked the page asks, less and less often, and stops after some minutes: a page that
  // asks for ever would keep a session open that nobody uses.
  let asking = 0;
  let tries = 0;
  const watch = () => {
    clearTimeout(asking);
    if (tries > 25 || !page.querySelector("[data-file=checking]")) return;
    asking = setTimeout(async () => {
      tries++;
      try {
        const states = await (await fetch(page.dataset.uploadPage, { redirect: "error" })).json();
        const changed = states.some((s) => {
          const row = document.getElementById(s.id);
          return row && row.dataset.file !== s.status;
        });
        if (changed) return await refresh();
      } catch {
        // the next try may go better
      }
      watch();
    }, Math.min(30000, 700 * 1.3 ** tries));
  };

  const take = (form, files) => {
    tries = 0;
    for (const file of files) upload(form, file);
  };

  // Pages of a PDF are chosen before any of it leaves. Where that can't be done here, it is done once the file is there.
  const picker = window.HTMLDialogElement && document.querySelector("[data-picker]");
  const chooser = (form) => {
    const label = form.querySelector("label").textContent;
    const button = element("button", { type: "button", className: "usa-button usa-button--outline is-small" }, t`Choose pages of a PDF first`, element("span", { className: "usa-sr-only", textContent: `: ${label}` }));
    const field = element("input", { type: "file", accept: "application/pdf,.pdf", hidden: true });
    button.addEventListener("click", () => field.click());
    field.addEventListener("change", async () => {
      const file = field.files[0];
      field.value = "";
      if (!file) return;
      button.disabled = true;
      say(t`Opening ${file.name}`);
      try {
        const { pick } = await import(picker.dataset.picker);
        const got = await pick(picker, file);
        if (got && got.said) say(got.said);
        if (got) take(form, [got.file]);
      } catch {
        const line = t`The pages of this file can’t be chosen here. Upload it whole: you can choose its pages after that`;
        rowFor(form.closest("section").querySelector("[data-files]"), file).end(line);
        say(`${file.name}: ${line}`);
      } finally {
        button.disabled = false;
        button.focus();
      }
    });
    return [element("p", {}, button), field];
  };

  for (const form of page.querySelectorAll("form[data-upload]")) {
    const field = form.querySelector("input[type=file]");
    const area = form.closest("section");
    form.querySelector("button[type=submit]").hidden = true;
    field.addEventListener("change", () => {
      take(form, [...field.files]);
      field.value = "";
    });
    form.addEventListener("submit", (e) => {
      if (field.files.length) e.preventDefault();
    });
    form.append(element("p", { className: "muted drop-hint", textContent: t`You can also drop files here.` }));
    if (picker) form.append(...chooser(form));
    area.addEventListener("dragover", (e) => {
      e.preventDefault();
      area.classList.add("is-over");
    });
    area.addEventListener("dragleave", (e) => area.contains(e.relatedTarget) || area.classList.remove("is-over"));
    area.addEventListener("drop", (e) => {
      e.preventDefault();
      area.classList.remove("is-over");
      take(form, [...e.dataTransfer.files]);
    });
  }

  // What a file is, is kept when it is chosen.
  page.addEventListener("change", (e) => {
    const kind = e.target.closest("select[data-kind]");
    if (kind) fetch(kind.dataset.kind, { method: "POST", redirect: "manual", body: new URLSearchParams({ kind: kind.value }) }).catch(() => {});
  });

  // Undo goes after ten seconds, unless somebody is about to use it.
  const undo = document.querySelector("[data-undo]");
  if (undo) {
    setTimeout(() => undo.contains(document.activeElement) || undo.remove(), 10000);
  }

  // Who goes on to another page of the request takes what is under way along.
  const elsewhere = window.parleyUploads;
  if (elsewhere) {
    const formOf = (item) => [...page.querySelectorAll("form[data-upload]")].find((f) => f.querySelector("[name=item]").value === item) || page.querySelector("form[data-upload]");
    elsewhere.counts(() => running.size);
    addEventListener("pagehide", () => {
      const some = [...running].filter(([, mine]) => !mine.paused && !mine.canceled);
      for (const [, mine] of some) {
        mine.paused = true; // here
        if (mine.abort) mine.abort.abort();
      }
      elsewhere.hand(some.map(([mark, mine]) => ({ to: page.dataset.uploadPage, file: mine.file, item: mine.item, mark })));
    });
    elsewhere.back(page.dataset.uploadPage, (all) => {
      for (const { file, item } of all) upload(formOf(item), file);
    });
  }

  watch();
})();
