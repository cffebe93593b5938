// The viewer of documents. What reads PDFs is fetched when the first one is opened; its content comes from where it
// would be downloaded from, so that every reading is on record.
const root = document.querySelector("[data-viewer]");
const part = (name) => root.querySelector(`[data-v=${name}]`);
const stage = part("stage");
const steps = [0.5, 0.75, 1, 1.25, 1.5, 2, 3];
const most = 16e6; // pixels of a page: more than that no screen shows, and some browsers draw nothing
let pdfjs;
let doc = null; // what is open: {id, name, pages, draw, text, thumb, close}
let page = 1;
let zoom = 2; // index into steps
let turned = 0;
let drawing = 0;
let hits = []; // of the search: {page, from, to}
let hit = -1;
let term = "";

const say = (words) => (part("said").textContent = words);
const picture = (src, alt) => Object.assign(new Image(), { src, alt });

// A PDF is drawn page by page, with its text over it so that it can be read, selected and found.
async function openPDF(d) {
  const base = new URL(root.dataset.viewer + "/", location.href).href;
  if (!pdfjs) {
    pdfjs = await import(base + "pdf.min.mjs");
    pdfjs.GlobalWorkerOptions.workerSrc = base + "pdf.worker.min.mjs";
  }
  const task = pdfjs.getDocument({ url: d.src, wasmUrl: base, useWasm: false, isEvalSupported: false, enableXfa: false, disableRange: true, disableAutoFetch: true });
  const file = await task.promise;
  const texts = new Map();
  const content = async (n) => {
    if (!texts.has(n)) texts.set(n, await (await file.getPage(n)).getTextContent());
    return texts.get(n);
  };
  const onCanvas = async (n, width, rotation) => {
    const p = await file.getPage(n);
    const rotate = (p.rotate + rotation) % 360;
    const scale = width / p.getViewport({ scale: 1, rotation: rotate }).width;
    const viewport = p.getViewport({ scale, rotation: rotate });
    const dense = Math.min(devicePixelRatio || 1, Math.sqrt(most / (viewport.width * viewport.height)));
    const canvas = document.createElement("canvas");
    canvas.width = Math.floor(viewport.width * dense);
    canvas.height = Math.floor(viewport.height * dense);
    canvas.style.width = `${Math.floor(viewport.width)}px`;
    await p.render({ canvas, viewport, transform: dense === 1 ? null : [dense, 0, 0, dense, 0, 0] }).promise;
    return { canvas, viewport };
  };
  return {
    pages: file.numPages,
    close: () => task.destroy(),
    thumb: async (n) => (await onCanvas(n, 96, 0)).canvas,
    text: async (n) => (await content(n)).items.filter((i) => i.str !== undefined).map((i) => i.str),
    draw: async (n, width, rotation) => {
      const { canvas, viewport } = await onCanvas(n, width, rotation);
      const sheet = Object.assign(document.createElement("div"), { className: "viewer-sheet" });
      const layer = Object.assign(document.createElement("div"), { className: "viewer-text" });
      sheet.style.setProperty("--total-scale-factor", viewport.scale);
      const text = new pdfjs.TextLayer({ textContentSource: await content(n), container: layer, viewport });
      await text.render();
      if (text.textDivs.some((s) => s.textContent.trim())) canvas.setAttribute("aria-hidden", "true");
      else {
        canvas.setAttribute("role", "img");
        canvas.setAttribute("aria-label", t`Page ${n}, a picture without text`);
      }
      sheet.append(canvas, layer);
      sheet.spans = text.textDivs;
      return sheet;
    },
  };
}

// A picture has one page, or as many as the server makes pictures of.
async function openPicture(d) {
  const src = (n) => (d.pictures ? `${d.pictures}${n}` : d.src);
  const loaded = new Map();
  const load = async (n) => {
    if (!loaded.has(n)) {
      const img = picture(src(n), "");
      await img.decode();
      loaded.set(n, img);
    }
    return loaded.get(n);
  };
  await load(d.page || 1);
  return {
    pages: Math.max(1, d.pages),
    close: () => loaded.clear(),
    thumb: null, // each would be read from the server by itself
    text: null,
    draw: async (n, width, rotation) => {
      const img = await load(n);
      const side = rotation % 180 === 90;
      const canvas = document.createElement("canvas");
      const scale = Math.min(1, Math.sqrt(most / (img.naturalWidth * img.naturalHeight)));
      const [w, h] = [img.naturalWidth * scale, img.naturalHeight * scale];
      canvas.width = side ? h : w;
      canvas.height = side ? w : h;
      const pen = canvas.getContext("2d");
      pen.translate(canvas.width / 2, canvas.height / 2);
      pen.rotate((rotation * Math.PI) / 180);
      pen.drawImage(img, -w / 2, -h / 2, w, h);
      canvas.style.width = `${width}px`;
      canvas.setAttribute("role", "img");
      canvas.setAttribute("aria-label", t`Page ${n} of ${d.name}, a picture`);
      const sheet = Object.assign(document.createElement("div"), { className: "viewer-sheet" });
      sheet.append(canvas);
      return sheet;
    },
  };
}

async function openText(d) {
  const answer = await fetch(d.src, { redirect: "error" });
  if (!answer.ok) throw new Error(String(answer.status));
  const words = await answer.text();
  return {
    pages: 1,
    close: () => {},
    thumb: null,
    text: async () => [words],
    draw: async (n, width) => {
      const sheet = Object.assign(document.createElement("div"), { className: "viewer-sheet" });
      const pre = Object.assign(document.createElement("pre"), { className: "viewer-plain", textContent: words });
      pre.style.fontSize = `${steps[zoom]}rem`;
      sheet.append(pre);
      return sheet;
    },
  };
}

function opener(d) {
  if (d.type === "application/pdf") return openPDF;
  if (d.pictures || d.type === "image/jpeg" || d.type === "image/png") return openPicture;
  if (d.type === "text/plain") return openText;
  return null;
}

// open shows a document at a page.
async function open(d, at) {
  root.hidden = false;
  const mine = ++drawing;
  if (doc && doc.id === d.id) return go(at || page);
  const how = opener(d);
  if (doc) doc.close();
  doc = null;
  stage.replaceChildren();
  part("thumbs").open = false;
  part("thumbs").querySelector("ol").replaceChildren();
  part("name").textContent = d.name;
  hits = [];
  term = "";
  turned = 0;
  if (!how) return say(t`This type of file can’t be shown here. Download it to read it.`);
  say(t`Opening.`);
  try {
    const made = await how({ ...d, page: at });
    if (mine !== drawing) return made.close();
    doc = { ...made, id: d.id, name: d.name };
    for (const name of ["find", "before", "after"]) part(name).hidden = !doc.text;
    part("thumbs").hidden = !doc.thumb || doc.pages < 2;
    say("");
    await go(at || 1);
  } catch {
    say(t`We couldn’t open this file. Download it to read it.`);
  }
}

async function go(n) {
  if (!doc) return;
  page = Math.min(Math.max(1, n), doc.pages);
  await draw();
}

async function draw() {
  const mine = ++drawing;
  const width = Math.max(200, stage.clientWidth - 16) * steps[zoom];
  part("page").value = page;
  part("pages").textContent = t`of ${doc.pages}`;
  part("zoom").textContent = `${steps[zoom] * 100}%`;
  part("prev").disabled = page === 1;
  part("next").disabled = page === doc.pages;
  part("out").disabled = zoom === 0;
  part("in").disabled = zoom === steps.length - 1;
  stage.setAttribute("aria-label", t`Page ${page} of ${doc.pages}`);
  for (const b of part("thumbs").querySelectorAll("button")) {
    if (Number(b.dataset.to) === page) b.setAttribute("aria-current", "page");
    else b.removeAttribute("aria-current");
  }
  const sheet = await doc.draw(page, width, turned);
  if (mine !== drawing) return;
  stage.replaceChildren(sheet);
  stage.scrollTop = 0;
  mark(sheet);
}

// mark shows what was found on the page.
function mark(sheet) {
  let at = 0;
  for (const span of sheet.spans || []) {
    const from = at;
    at += span.textContent.length + 1;
    const on = hits.filter((h) => h.page === page && h.from < at - 1 && h.to > from);
    span.classList.toggle("is-found", on.length > 0);
    span.classList.toggle("is-hit", on.includes(hits[hit]));
  }
  const now = stage.querySelector(".is-hit");
  if (now) stage.scrollTop += now.getBoundingClientRect().top - stage.getBoundingClientRect().top - stage.clientHeight / 3;
}

async function find(words) {
  if (!doc || !doc.text) return;
  const file = doc;
  term = words;
  hits = [];
  hit = -1;
  if (!words) return say(t`Enter what to find.`);
  const want = words.toLowerCase();
  for (let n = 1; n <= file.pages; n++) {
    const text = (await file.text(n)).join(" ").toLowerCase();
    if (file !== doc || term !== words) return;
    for (let i = text.indexOf(want); i >= 0; i = text.indexOf(want, i + want.length)) hits.push({ page: n, from: i, to: i + want.length });
  }
  if (!hits.length) {
    await draw();
    return say(t`Nothing found. What was scanned as a picture has no text to find.`);
  }
  const first = hits.findIndex((h) => h.page >= page);
  await toHit(first < 0 ? 0 : first);
}

async function toHit(i) {
  if (!hits.length) return;
  hit = (i + hits.length) % hits.length;
  page = hits[hit].page;
  await draw();
  say(t`Match ${hit + 1} of ${hits.length}, page ${page}.`);
}

// All pages, small; drawn when they come into view.
part("thumbs").addEventListener("toggle", () => {
  const list = part("thumbs").querySelector("ol");
  if (!part("thumbs").open || !doc || !doc.thumb || list.children.length) return;
  const file = doc;
  const eye = new IntersectionObserver((seen) => {
    for (const one of seen.filter((s) => s.isIntersecting)) {
      eye.unobserve(one.target);
      file.thumb(Number(one.target.dataset.to)).then((canvas) => {
        canvas.setAttribute("aria-hidden", "true");
        one.target.prepend(canvas);
      }, () => {}); // the file was closed meanwhile
    }
  });
  for (let n = 1; n <= file.pages; n++) {
    const button = Object.assign(document.createElement("button"), { type: "button", textContent: t`Page ${n}` });
    button.dataset.to = n;
    if (n === page) button.setAttribute("aria-current", "page");
    button.addEventListener("click", () => go(n));
    const item = document.createElement("li");
    item.append(button);
    list.append(item);
    eye.observe(button);
  }
});

const turnTo = (n) => doc && go(n).then(() => say(t`Page ${page} of ${doc.pages}.`));
const sized = (by) => {
  zoom = Math.min(Math.max(0, zoom + by), steps.length - 1);
  if (doc) draw().then(() => say(`${steps[zoom] * 100}%.`));
};
part("prev").addEventListener("click", () => turnTo(page - 1));
part("next").addEventListener("click", () => turnTo(page + 1));
part("out").addEventListener("click", () => sized(-1));
part("in").addEventListener("click", () => sized(1));
part("turn").addEventListener("click", () => {
  turned = (turned + 90) % 360;
  if (doc) draw();
});
part("page").addEventListener("change", () => turnTo(Number.parseInt(part("page").value, 10) || page));
part("page").addEventListener("keydown", (e) => {
  if (e.key === "Enter") turnTo(Number.parseInt(part("page").value, 10) || page);
});
part("find").addEventListener("submit", (e) => {
  e.preventDefault();
  const words = document.getElementById("viewer-find").value.trim();
  if (words && words === term && hits.length) toHit(hit + 1);
  else find(words);
});
part("before").addEventListener("click", () => toHit(hit - 1));
part("after").addEventListener("click", () => toHit(hit + 1));
let resized;
addEventListener("resize", () => {
  clearTimeout(resized);
  resized = setTimeout(() => doc && draw(), 200);
});

const documentOf = (el) => ({ id: el.dataset.view, src: el.dataset.src, type: el.dataset.type, name: el.dataset.name, pictures: el.dataset.pictures, pages: Number(el.dataset.pages) });
document.addEventListener("click", (e) => {
  const link = e.target.closest("a[data-view]");
  if (!link || e.ctrlKey || e.metaKey || e.shiftKey || e.button !== 0 || !opener(documentOf(link))) return;
  e.preventDefault();
  document.dispatchEvent(new CustomEvent("parley:pane", { detail: root }));
  open(documentOf(link), Number(link.dataset.page) || 0);
  part("name").focus();
});
if (root.dataset.view) open(documentOf(root), Number(root.dataset.page) || 0);

// Which criterion evidence is for: the one that was last worked at.
let criterion = null;
const choose = (el) => {
  if (!el || el === criterion) return;
  criterion?.removeAttribute("data-current");
  criterion = el;
  el.setAttribute("data-current", "");
  if (part("for")) part("for").textContent = t`For criterion ${el.dataset.criterion}.`;
  const cited = el.querySelector("a[data-view]");
  if (doc && cited && cited.dataset.view === doc.id && Number(cited.dataset.page)) go(Number(cited.dataset.page));
};
document.addEventListener("focusin", (e) => choose(e.target.closest("[data-criterion]")));

function use() {
  const form = criterion?.querySelector("form");
  if (!doc) return say(t`Open a file first.`);
  if (!form) return say(t`Choose the criterion first: move to it among the criteria.`);
  const file = form.querySelector("select[name^=file_]");
  const at = form.querySelector("input[name^=page_]");
  const note = form.querySelector("textarea[name^=note_]");
  const said = String(getSelection()).trim();
  file.value = doc.id;
  at.value = page;
  if (said && !note.value && stage.contains(getSelection().anchorNode)) note.value = `“${said.slice(0, 500)}”`;
  form.closest("details").open = true;
  say(t`Page ${page} is entered as evidence for criterion ${criterion.dataset.criterion}. Choose what it shows, then save the mark.`);
}
part("evidence")?.addEventListener("click", use);

// What keys do elsewhere on the page, they do through these.
document.addEventListener("parley:viewer", (e) => {
  const act = { evidence: use, next: () => turnTo(page + 1), prev: () => turnTo(page - 1), find: () => document.getElementById("viewer-find").focus() }[e.detail];
  if (act && (doc || e.detail === "evidence")) act();
});
