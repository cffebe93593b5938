// Makes a PDF of some pages of another, in the browser: what was not chosen, or was covered, is not in it. A page that
// shares its resources with others takes only those along that it draws, and none of what leads to other pages; a page
// with something covered, or whose content can't be told, becomes a picture of itself.

const dense = 180 / 72; // dots for a point on a page that becomes a picture: print that can be read, and no more
const most = 24e6; // pixels of such a picture

// open reads a PDF for the screen and for taking pages out of it. It throws if that can't be done here: the file is
// locked, damaged or no PDF.
export async function open(file, base) {
  const [screen, lib] = await Promise.all([import(`${base}/pdf.min.mjs`), import(`${base}/pdf-lib.mjs`)]);
  screen.GlobalWorkerOptions.workerSrc = `${base}/pdf.worker.min.mjs`;
  const bytes = new Uint8Array(await file.arrayBuffer());
  const source = await lib.PDFDocument.load(bytes, { updateMetadata: false });
  const task = screen.getDocument({ data: bytes.slice(), wasmUrl: `${base}/`, useWasm: false, isEvalSupported: false, enableXfa: false });
  const shown = await task.promise;
  if (shown.numPages !== source.getPageCount()) throw new Error("two readings of one file");
  return { lib, screen, source, shown, count: shown.numPages, close: () => task.destroy() };
}

// draw puts a page on a new canvas, so many pixels wide.
export async function draw(doc, n, width) {
  const page = await doc.shown.getPage(n);
  const plain = page.getViewport({ scale: 1 });
  const scale = Math.min(width / plain.width, Math.sqrt(most / (plain.width * plain.height)));
  const viewport = page.getViewport({ scale });
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.floor(viewport.width));
  canvas.height = Math.max(1, Math.floor(viewport.height));
  await page.render({ canvas, viewport }).promise;
  return canvas;
}

// find says where words stand on a page, as parts of its width and height, and whether the page has any text at all.
// What is drawn letter by letter is found by its whole line.
export async function find(doc, n, words) {
  const page = await doc.shown.getPage(n);
  const viewport = page.getViewport({ scale: 1 });
  const items = (await page.getTextContent()).items.filter((i) => i.str);
  const wanted = words.toLowerCase();
  const boxes = [];
  for (const line of lines(items)) {
    const text = line.map((i) => i.str).join("").toLowerCase();
    for (let at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, at + wanted.length)) {
      let start = 0;
      for (const item of line) {
        const from = Math.max(at - start, 0);
        const to = Math.min(at + wanted.length - start, item.str.length);
        if (from < to) boxes.push(place(doc.screen, viewport, item, from, to));
        start += item.str.length;
      }
    }
  }
  return { boxes, text: items.length > 0 };
}

// lines are the pieces of text that follow one another at one height.
function lines(items) {
  const all = [];
  let last = null;
  for (const item of items) {
    const same = last && Math.abs(last.transform[5] - item.transform[5]) < 2 && last.transform[0] === item.transform[0];
    if (same) all.at(-1).push(item);
    else all.push([item]);
    last = item;
  }
  return all;
}

// place is the box around some letters of a piece of text, a little larger than they are.
function place(screen, viewport, item, from, to) {
  const m = screen.Util.transform(viewport.transform, item.transform);
  const turn = Math.atan2(m[1], m[0]);
  const height = Math.hypot(m[2], m[3]);
  const letter = item.width / item.str.length;
  const [start, end] = [letter * (from - 0.6), letter * (to + 0.6)];
  const corner = (along, up) => [m[4] + along * Math.cos(turn) + up * Math.sin(turn), m[5] + along * Math.sin(turn) - up * Math.cos(turn)];
  const corners = [corner(start, -0.35 * height), corner(end, -0.35 * height), corner(start, 1.1 * height), corner(end, 1.1 * height)];
  const within = (v) => Math.min(1, Math.max(0, v));
  const xs = corners.map((c) => within(c[0] / viewport.width));
  const ys = corners.map((c) => within(c[1] / viewport.height));
  return { x: Math.min(...xs), y: Math.min(...ys), w: Math.max(...xs) - Math.min(...xs), h: Math.max(...ys) - Math.min(...ys) };
}

// make returns the bytes of a PDF of the chosen pages: each {n, turn, boxes}, turn in degrees to the right, boxes as
// parts of the page's width and height as it is shown unturned.
export async function make(doc, chosen) {
  const { PDFDocument, degrees } = doc.lib;
  const out = await PDFDocument.create();
  const whole = chosen.filter(({ n, boxes }) => boxes.length === 0 && alone(doc, n)).map(({ n }) => n);
  const copies = await out.copyPages(doc.source, whole.map((n) => n - 1));
  for (const { n, turn, boxes } of chosen) {
    const page = whole.includes(n) ? out.addPage(copies[whole.indexOf(n)]) : await pictured(doc, out, n, boxes);
    page.setRotation(degrees((page.getRotation().angle + turn + 360) % 360));
  }
  return out.save();
}

// pictured adds a page that is a picture of another with boxes over it.
async function pictured(doc, out, n, boxes) {
  const plain = (await doc.shown.getPage(n)).getViewport({ scale: 1 });
  const canvas = await draw(doc, n, plain.width * dense);
  const pen = canvas.getContext("2d");
  pen.fillStyle = "#000";
  for (const b of boxes) pen.fillRect(b.x * canvas.width, b.y * canvas.height, b.w * canvas.width, b.h * canvas.height);
  const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.85));
  const picture = await out.embedJpg(new Uint8Array(await blob.arrayBuffer()));
  const page = out.addPage([plain.width, plain.height]);
  page.drawImage(picture, { x: 0, y: 0, width: plain.width, height: plain.height });
  return page;
}

// alone has a page of the source lead to no other page, and name no picture that it doesn't draw. It is false if that
// can't be told.
function alone(doc, n) {
  const { PDFName } = doc.lib;
  const node = doc.source.getPage(n - 1).node;
  try {
    for (const key of ["B", "AA", "StructParents", "PieceInfo", "Metadata"]) node.delete(PDFName.of(key));
    unlink(doc, node);
    return prune(doc, node);
  } catch {
    return false;
  }
}

// unlink takes links away, and from all other notes what leads elsewhere.
function unlink({ lib: { PDFName, PDFDict }, source }, node) {
  const notes = node.Annots();
  if (!notes) return;
  const kept = [];
  for (let i = 0; i < notes.size(); i++) {
    const note = notes.lookupMaybe(i, PDFDict);
    const kind = note && note.lookup(PDFName.of("Subtype"));
    if (!kind || ["/Link", "/Popup", "/FileAttachment"].includes(kind.toString())) continue;
    for (const key of ["A", "AA", "Dest", "IRT", "P", "Parent", "Popup", "StructParent"]) note.delete(PDFName.of(key));
    kept.push(notes.get(i));
  }
  node.set(PDFName.of("Annots"), source.context.obj(kept));
}

// prune leaves of the resources of a page only the pictures, forms and patterns that it draws. False if it draws what may
// draw others by names of the page's, or has layers: which of them show is said elsewhere in the file, and would be lost.
function prune({ lib, source }, node) {
  const { PDFName, PDFDict } = lib;
  const resources = node.Resources();
  if (!resources) return true;
  const own = resources.clone(source.context);
  const text = content(lib, node);
  for (const [kind, operator] of [["XObject", "Do"], ["Pattern", "scn|SCN"]]) {
    const named = resources.lookupMaybe(PDFName.of(kind), PDFDict);
    if (!named) continue;
    const drawn = new Set([...text.matchAll(new RegExp(`/([^\\s/[\\]()<>{}%]+)\\s+(?:${operator})\\b`, "g"))].map((m) => "/" + m[1]));
    const kept = source.context.obj({});
    for (const [name, value] of named.entries()) {
      if (!drawn.has(name.toString())) continue;
      if (borrows(lib, named.lookup(name))) return false;
      kept.set(name, value);
    }
    own.set(PDFName.of(kind), kept);
  }
  if (layered(lib, resources)) return false;
  node.set(PDFName.of("Resources"), own);
  return true;
}

// borrows reports whether a form or a pattern has no resources of its own, and so draws by names of the page's.
function borrows({ PDFName, PDFStream }, drawn) {
  if (!(drawn instanceof PDFStream)) return false; // a shading
  const kind = drawn.dict.lookup(PDFName.of("Subtype"));
  return (!kind || kind.toString() === "/Form") && !drawn.dict.has(PDFName.of("Resources"));
}

function layered({ PDFName, PDFDict }, resources) {
  const named = resources.lookupMaybe(PDFName.of("Properties"), PDFDict);
  if (!named) return false;
  return named.keys().some((name) => {
    const kind = named.lookupMaybe(name, PDFDict)?.lookup(PDFName.of("Type"));
    return ["/OCG", "/OCMD"].includes(String(kind));
  });
}

// content is what a page draws, as text. It throws for what is packed in a way that isn't known.
function content({ PDFArray, PDFRawStream, decodePDFRawStream }, node) {
  const all = node.Contents();
  const streams = all instanceof PDFArray ? all.asArray().map((_, i) => all.lookup(i)) : [all];
  return streams
    .filter((s) => s)
    .map((s) => new TextDecoder("latin1").decode(s instanceof PDFRawStream ? decodePDFRawStream(s).decode() : s.getUnencodedContents()))
    .join("\n");
}
