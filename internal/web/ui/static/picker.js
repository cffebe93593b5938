// The choice of pages of a PDF before it is uploaded: which, turned how, and what on them is covered. All of it happens
// in the browser; what comes of it is a file that holds no more than was chosen.

const part = (dialog, name) => dialog.querySelector(`[data-p=${name}]`);
const element = (name, more, ...inside) => {
  const e = Object.assign(document.createElement(name), more);
  e.append(...inside);
  return e;
};

// pick asks for pages of a file and returns {file, said}: the file to send and a sentence about it; null if the reader
// gave up. It throws if the file can't be read here.
export async function pick(dialog, file) {
  const maker = await import(dialog.dataset.maker);
  const doc = await maker.open(file, dialog.dataset.pdf);
  try {
    return await new Picker(dialog, file, maker, doc).ask();
  } finally {
    await doc.close();
  }
}

class Picker {
  constructor(dialog, file, maker, doc) {
    Object.assign(this, { dialog, file, maker, doc, last: 0 });
    this.pages = Array.from({ length: doc.count }, (_, i) => ({ n: i + 1, chosen: true, turn: 0, boxes: [] }));
    this.at = (name) => part(dialog, name);
    this.range = dialog.querySelector("#picker-pages");
    this.word = dialog.querySelector("#picker-find");
    this.problem = dialog.querySelector("#picker-pages-error");
  }

  // ask shows the dialog until the reader is done with it.
  ask() {
    this.at("name").textContent = this.file.name;
    this.word.value = "";
    this.wrong("");
    this.list();
    this.show();
    this.view("choose");
    this.dialog.showModal();
    this.dialog.querySelector("h2").focus();
    return new Promise((done) => {
      const end = (answer) => {
        this.watcher.disconnect();
        this.dialog.close();
        this.at("sheets").replaceChildren();
        this.at("stage").replaceChildren();
        done(answer);
      };
      this.dialog.oncancel = (e) => {
        e.preventDefault(); // Escape leaves what is in front only
        if (this.at("cover").hidden) end(null);
        else this.uncover();
      };
      this.at("cancel").onclick = () => end(null);
      this.at("share").onclick = () => this.share(end);
      this.at("done").onclick = () => this.uncover();
      this.at("add").onclick = () => this.add({ x: 0.35, y: 0.45, w: 0.3, h: 0.05 });
      this.at("find").onclick = () => this.find(false);
      this.at("cover-all").onclick = () => this.find(true);
      this.range.onchange = () => this.typed();
      this.dialog.querySelector("form").onsubmit = (e) => e.preventDefault();
      this.dialog.onkeydown = (e) => {
        if (e.key !== "Enter" || e.target.tagName !== "INPUT" || e.target.type === "checkbox") return;
        e.preventDefault();
        if (e.target === this.word) this.find(false);
        else this.typed();
      };
    });
  }

  say(words) {
    this.at("state").textContent = words;
  }

  wrong(words) {
    this.problem.textContent = words;
    this.problem.hidden = !words;
    this.at("range").classList.toggle("has-error", Boolean(words));
    if (words) this.range.setAttribute("aria-invalid", "true");
    else this.range.removeAttribute("aria-invalid");
  }

  view(name) {
    this.at("choose").hidden = name !== "choose";
    this.at("cover").hidden = name !== "cover";
  }

  // list makes a sheet of each page; it is drawn when it comes into sight.
  list() {
    const drawn = async (entries) => {
      for (const { isIntersecting, target } of entries) {
        if (!isIntersecting) continue;
        this.watcher.unobserve(target);
        const picture = await this.maker.draw(this.doc, Number(target.dataset.page), 240).catch(() => null); // nobody waits for it any more
        if (!picture) return;
        picture.setAttribute("aria-hidden", "true");
        target.querySelector(".picker-sheet").replaceChildren(picture);
      }
    };
    this.watcher = new IntersectionObserver(drawn, { root: this.at("sheets"), rootMargin: "200px" });
    this.at("sheets").replaceChildren(...this.pages.map((p) => this.sheet(p)));
    for (const sheet of this.at("sheets").children) this.watcher.observe(sheet);
  }

  sheet(p) {
    const small = "usa-button usa-button--outline is-small";
    const of = () => element("span", { className: "usa-sr-only", textContent: " " + t`page ${p.n}` });
    const box = element("input", { type: "checkbox", id: `picker-page-${p.n}` });
    const label = element("label", { htmlFor: box.id, textContent: t`Page ${p.n}` });
    const paper = element("div", { className: "picker-sheet" });
    const turn = element("button", { type: "button", className: small }, t`Turn`, of());
    const cover = element("button", { type: "button", className: small }, t`Cover parts`, element("span", { className: "usa-sr-only", textContent: " " + t`of page ${p.n}` }));
    const note = element("p", { className: "muted" });
    box.onclick = (e) => this.tick(p, box.checked, e.shiftKey);
    turn.onclick = () => {
      p.turn = (p.turn + 90) % 360;
      this.show();
      this.say(t`Page ${p.n} is turned by ${p.turn} degrees.`);
    };
    cover.onclick = () => this.open(p, cover);
    p.view = { box, paper, note };
    const row = element("li", {}, element("div", { className: "choice" }, box, label), paper, element("div", { className: "cluster" }, turn, cover), note);
    row.dataset.page = p.n;
    return row;
  }

  // tick chooses a page or leaves it out; with Shift all from the one before.
  tick(p, chosen, through) {
    const [from, to] = through && this.last ? [Math.min(this.last, p.n), Math.max(this.last, p.n)] : [p.n, p.n];
    for (const one of this.pages) if (one.n >= from && one.n <= to) one.chosen = chosen;
    this.last = p.n;
    this.wrong("");
    this.show();
  }

  // show brings the dialog to what is chosen.
  show() {
    const chosen = this.pages.filter((p) => p.chosen);
    for (const p of this.pages) {
      p.view.box.checked = p.chosen;
      p.view.paper.dataset.turn = p.turn;
      const n = p.boxes.length;
      p.view.note.textContent = n > 1 ? t`${n} parts covered` : n ? t`1 part covered` : "";
    }
    this.range.value = words(chosen.map((p) => p.n));
    const all = this.pages.length;
    this.say(all === 1 ? t`You’re sharing ${chosen.length} of 1 page.` : t`You’re sharing ${chosen.length} of ${all} pages.`);
  }

  // typed reads the pages that were written down. False if that can't be done.
  typed() {
    const wanted = numbers(this.range.value, this.pages.length);
    if (!wanted) {
      this.wrong(t`Write page numbers from 1 to ${this.pages.length}, such as 1-3, 7`);
      return false;
    }
    for (const p of this.pages) p.chosen = wanted.has(p.n);
    this.wrong("");
    this.show();
    return true;
  }

  // find looks for words on all pages, and covers each place where they stand if asked to.
  async find(cover) {
    const wanted = this.word.value.trim();
    if (!wanted) {
      this.say(t`Write the word to find.`);
      this.word.focus();
      return;
    }
    this.say(t`Searching.`);
    const on = [];
    const mute = [];
    let places = 0;
    for (const p of this.pages) {
      const { boxes, text } = await this.maker.find(this.doc, p.n, wanted);
      if (!text) mute.push(p.n);
      if (!boxes.length) continue;
      on.push(p.n);
      places += boxes.length;
      if (cover) p.boxes.push(...boxes.filter((b) => !p.boxes.some((old) => same(old, b))));
    }
    if (cover) this.show();
    let found = t`“${wanted}” was not found.`;
    if (on.length && !cover) found = t`“${wanted}” is on page ${words(on)}.`;
    else if (on.length) found = places === 1 ? t`“${wanted}” is on page ${words(on)}: 1 place is covered.` : t`“${wanted}” is on page ${words(on)}: ${places} places are covered.`;
    if (mute.length) found += " " + t`Page ${words(mute)} is a picture and can’t be searched: look for yourself.`;
    else if (cover && on.length) found += " " + t`Look at each page before you share it.`;
    this.say(found);
  }

  // open shows a page large, to cover parts of it.
  async open(p, from) {
    Object.assign(this, { page: p, from });
    this.at("cover-title").textContent = t`Cover parts of page ${p.n}`;
    this.view("cover");
    this.at("cover-title").focus();
    this.say("");
    const stage = this.at("stage");
    stage.replaceChildren();
    const picture = await this.maker.draw(this.doc, p.n, 1200);
    if (this.page !== p) return;
    picture.setAttribute("aria-hidden", "true");
    stage.replaceChildren(picture);
    for (const b of p.boxes) stage.append(this.cover(b));
    stage.onpointerdown = (e) => this.drag(e);
  }

  uncover() {
    this.page = null;
    this.view("choose");
    this.show();
    this.from.focus();
  }

  add(box) {
    if (!this.page || !this.at("stage").firstChild) return;
    this.page.boxes.push(box);
    const made = this.cover(box);
    this.at("stage").append(made);
    made.focus();
  }

  // cover is a box that can be moved and sized by its keys.
  cover(b) {
    const p = this.page;
    const box = element("button", { type: "button", className: "picker-box" });
    box.setAttribute("aria-label", t`Black box ${p.boxes.indexOf(b) + 1}. Arrow keys move it, Shift and arrow keys size it, Delete takes it away`);
    const set = () => {
      for (const [side, v] of Object.entries({ left: b.x, top: b.y, width: b.w, height: b.h })) box.style[side] = `${v * 100}%`;
    };
    set();
    box.onkeydown = (e) => {
      const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[e.key];
      if (e.key === "Delete" || e.key === "Backspace") {
        p.boxes.splice(p.boxes.indexOf(b), 1);
        box.remove();
        this.say(t`The box is gone.`);
        this.at("add").focus();
      } else if (way) {
        const [x, y] = way.map((v) => v * 0.01);
        if (e.shiftKey) Object.assign(b, { w: clamp(b.w + x, 0.01, 1 - b.x), h: clamp(b.h + y, 0.01, 1 - b.y) });
        else Object.assign(b, { x: clamp(b.x + x, 0, 1 - b.w), y: clamp(b.y + y, 0, 1 - b.h) });
        set();
      } else return;
      e.preventDefault();
    };
    return box;
  }

  // drag draws a new box.
  drag(e) {
    if (e.target.closest(".picker-box") || e.button !== 0) return;
    e.preventDefault();
    const stage = this.at("stage");
    const frame = stage.firstChild.getBoundingClientRect();
    const spot = (m) => [clamp((m.clientX - frame.left) / frame.width, 0, 1), clamp((m.clientY - frame.top) / frame.height, 0, 1)];
    const [x, y] = spot(e);
    const b = { x, y, w: 0, h: 0 };
    const ghost = element("div", { className: "picker-box" });
    stage.append(ghost);
    stage.setPointerCapture(e.pointerId);
    stage.onpointermove = (m) => {
      const [to, down] = spot(m);
      Object.assign(b, { x: Math.min(x, to), y: Math.min(y, down), w: Math.abs(to - x), h: Math.abs(down - y) });
      for (const [side, v] of Object.entries({ left: b.x, top: b.y, width: b.w, height: b.h })) ghost.style[side] = `${v * 100}%`;
    };
    stage.onpointerup = stage.onpointercancel = () => {
      stage.onpointermove = stage.onpointerup = stage.onpointercancel = null;
      ghost.remove();
      if (b.w > 0.005 && b.h > 0.005) this.add(b);
    };
  }

  // share makes the file. Nothing changed means the file itself.
  async share(end) {
    if (!this.typed()) {
      this.range.focus();
      return;
    }
    const chosen = this.pages.filter((p) => p.chosen);
    if (chosen.length === this.pages.length && chosen.every((p) => !p.turn && !p.boxes.length)) {
      end({ file: this.file, said: "" });
      return;
    }
    const button = this.at("share");
    button.disabled = true;
    this.say(t`Putting the pages together.`);
    try {
      const bytes = await this.maker.make(this.doc, chosen);
      const all = this.pages.length;
      const said = all === 1 ? t`You’re sharing ${chosen.length} of 1 page of ${this.file.name}. The rest stays with you` : t`You’re sharing ${chosen.length} of ${all} pages of ${this.file.name}. The rest stays with you`;
      end({ file: new File([bytes], this.file.name, { type: "application/pdf", lastModified: this.file.lastModified }), said });
    } catch {
      this.say(t`These pages can’t be put together here. Nothing was sent. Cancel, upload the whole file, and choose its pages after that.`);
    } finally {
      button.disabled = false;
    }
  }
}

const clamp = (v, least, most) => Math.min(Math.max(v, least), Math.max(least, most));
const same = (a, b) => ["x", "y", "w", "h"].every((k) => Math.abs(a[k] - b[k]) < 1e-6);

// words writes page numbers as people do: "1-3, 7".
function words(all) {
  const spans = [];
  for (const n of all) {
    const last = spans.at(-1);
    if (last && last[1] === n - 1) last[1] = n;
    else spans.push([n, n]);
  }
  return spans.map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`)).join(", ");
}

// numbers reads them; null if that isn't what they are.
function numbers(text, most) {
  const all = new Set();
  for (const piece of text.split(/[,;]/)) {
    const m = piece.trim().match(/^(\d{1,5})(?:\s*[-–]\s*(\d{1,5}))?$/);
    if (!m) return null;
    const [from, to] = [Number(m[1]), Number(m[2] || m[1])];
    if (from < 1 || to < from || to > most) return null;
    for (let n = from; n <= to; n++) all.add(n);
  }
  return all;
}
