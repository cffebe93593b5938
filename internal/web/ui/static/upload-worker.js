// Goes on with uploads whose page was left: a worker that the pages of a site share, and that lives on while one gives
// way to the next. It names states, which pages put into words: it has no language. It keeps files in memory alone, by the tus protocol as upload.js does.
"use strict";
const piece = 4 << 20;
const going = new Map(); // by mark: what is under way, or ended badly
const ports = new Set();

const wait = (ms) => new Promise((done) => setTimeout(done, ms));
const base64 = (text) => btoa(String.fromCharCode(...new TextEncoder().encode(text)));
const tell = () => {
  const list = [...going.values()].map(({ name, to, percent, state, ended }) => ({ name, to, percent, state, ended }));
  for (const port of ports) port.postMessage({ list });
};

const headers = { "Tus-Resumable": "1.0.0" };

// One try to begin or go on, and to send a piece. It answers whether all has come.
const step = async (one) => {
  if (!one.place) {
    const about = Object.entries({ filename: one.file.name, mark: one.mark, item: one.item }).map(([k, v]) => `${k} ${base64(v)}`).join(",");
    const made = await fetch(one.to, { method: "POST", redirect: "manual", signal: one.abort.signal, headers: { ...headers, "Upload-Length": String(one.file.size), "Upload-Metadata": about } });
    if (made.status >= 500) throw new Error("again");
    if (made.status !== 201) return refuse(one);
    one.place = made.headers.get("Location");
    one.at = Number(made.headers.get("Upload-Offset"));
  }
  if (one.at >= one.file.size) return true;
  one.percent = Math.floor((one.at * 100) / one.file.size);
  one.state = "sending";
  tell();
  const answer = await fetch(one.place, {
    method: "PATCH", redirect: "manual", signal: one.abort.signal, body: one.file.slice(one.at, one.at + piece),
    headers: { ...headers, "Upload-Offset": String(one.at), "Content-Type": "application/offset+octet-stream" },
  });
  const now = answer.headers.get("Upload-Offset");
  if (answer.status >= 500) throw new Error("again");
  if (answer.status !== 204 && !(answer.status === 409 && now)) return refuse(one);
  one.at = Number(now);
  return false;
};

const refuse = (one) => {
  one.ended = true;
  one.state = "stopped";
  tell();
  return false;
};

const run = async (one) => {
  for (let failures = 0; !one.ended; ) {
    try {
      if (await step(one)) {
        one.percent = 100;
        one.state = "sent";
        one.ended = true;
        tell();
        return setTimeout(() => going.get(one.mark) === one && going.delete(one.mark) && tell(), 8000);
      }
      failures = 0;
    } catch {
      if (one.abort.signal.aborted) return;
      one.state = "offline";
      one.place = ""; // what came, the server knows
      tell();
      await wait(Math.min(30000, 1000 * 2 ** ++failures));
    }
  }
};

const take = ({ to, file, item, mark }) => {
  const one = { to, file, item, mark, name: file.name, place: "", at: 0, percent: 0, state: "waiting", ended: false, abort: new AbortController() };
  going.set(mark, one);
  run(one);
};

// A page that has rows for its files takes them back.
const back = (port, to) => {
  const mine = [...going.values()].filter((one) => one.to === to && one.percent < 100);
  for (const one of mine) {
    one.abort.abort();
    going.delete(one.mark);
  }
  port.postMessage({ back: mine.map(({ file, item }) => ({ file, item })) });
  tell();
};

onconnect = (e) => {
  const port = e.ports[0];
  ports.add(port);
  port.onmessage = ({ data }) => {
    if (data.take) data.take.forEach(take);
    if (data.back) back(port, data.back);
    if (data.left) ports.delete(port);
    tell();
  };
};
