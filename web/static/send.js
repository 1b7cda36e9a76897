// A recording is sent in small chunks that go on where they were cut off; its form follows.
(() => {
  "use strict";
  const words = document.currentScript.dataset;
  const CHUNK_BYTES = 64000;
  const LONGEST_MS = 120000; // a chunk on the slowest network
  const FIRST_PAUSE_MS = 1000;
  const LONGEST_PAUSE_MS = 30000;
  const NO_ROOM = 507;
  const GOES_ON = [404, 408, 409, 423, 429, 460];

  const megabytes = (bytes) => {
    const one = { minimumFractionDigits: 1, maximumFractionDigits: 1 };
    return (Math.max(bytes, 5e4) / 1e6).toLocaleString(document.documentElement.lang, one) + " MB";
  };
  const filled = (text, facts) => text.replace(/\{(\w+)\}/g, (_, name) => facts[name]);

  // Phones change a file's name and time: it is known again by its size and its two ends.
  const known = async (file) => {
    const ends = new Blob([file.slice(0, 8192), file.slice(-8192)]);
    let sum = 2166136261;
    for (const byte of new Uint8Array(await ends.arrayBuffer())) {
      sum = Math.imul(sum ^ byte, 16777619) >>> 0;
    }
    return `arrival-${file.size}-${sum}`;
  };

  const ask = async (form, method, url, headers, body) => {
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(), LONGEST_MS);
    const own = { "Tus-Resumable": "1.0.0", "X-CSRFToken": form.elements.csrf_token.value };
    try {
      return await fetch(url, { method, body, headers: { ...own, ...headers }, signal: stop.signal });
    } finally {
      clearTimeout(timer);
    }
  };

  // Some browsers remember nothing: then a reload begins anew.
  const remembered = (name, url) => {
    try {
      if (url) localStorage.setItem(name, url);
      return localStorage.getItem(name);
    } catch {
      return null;
    }
  };

  const find = async (form, file, name) => {
    const url = remembered(name);
    if (url) {
      const answer = await ask(form, "HEAD", url);
      if (answer.ok) return { url, sent: Number(answer.headers.get("Upload-Offset")) };
      if (answer.status !== 404) throw answer;
    }
    const called = btoa(String.fromCharCode(...new TextEncoder().encode(file.name)));
    const about = { "Upload-Length": file.size, "Upload-Metadata": `filename ${called}` };
    const begun = await ask(form, "POST", words.start, about);
    if (begun.status !== 201) throw begun;
    remembered(name, begun.headers.get("Location"));
    return { url: begun.headers.get("Location"), sent: 0 };
  };

  const sendChunk = async (form, file, at) => {
    const chunk = await file.slice(at.sent, at.sent + CHUNK_BYTES).arrayBuffer();
    const kind = { "Upload-Offset": at.sent, "Content-Type": "application/offset+octet-stream" };
    const answer = await ask(form, "PATCH", at.url, kind, chunk);
    if (answer.status !== 204) throw answer;
    at.sent = Number(answer.headers.get("Upload-Offset"));
  };

  const isFinal = (problem) => {
    if (!(problem instanceof Response)) return !["TypeError", "AbortError"].includes(problem.name);
    if (problem.status === NO_ROOM) return true;
    return problem.status >= 400 && problem.status < 500 && !GOES_ON.includes(problem.status);
  };

  const rest = (ms) => new Promise((done) => {
    const timer = setTimeout(go, ms);
    function go() {
      clearTimeout(timer);
      removeEventListener("online", go);
      done();
    }
    addEventListener("online", go);
  });

  const send = async (form, file, tell) => {
    const name = await known(file);
    let at = null;
    let pause = FIRST_PAUSE_MS;
    for (;;) {
      try {
        at = at || (await find(form, file, name));
        while (at.sent < file.size) {
          tell(words.sent, at.sent);
          await sendChunk(form, file, at);
          pause = FIRST_PAUSE_MS;
        }
        tell(words.arrived, at.sent);
        return at.url;
      } catch (problem) {
        if (isFinal(problem)) throw problem;
        tell(words.waits, at ? at.sent : 0);
        at = null;
        await rest(pause);
        pause = Math.min(2 * pause, LONGEST_PAUSE_MS);
      }
    }
  };

  const explain = async (problem) => {
    if (!(problem instanceof Response)) return words.unread;
    const plain = (problem.headers.get("Content-Type") || "").startsWith("text/plain");
    return (plain && (await problem.text())) || words.again;
  };

  const teller = (form, file) => {
    const said = form.querySelector("[data-sending]");
    const bar = form.querySelector("progress");
    bar.max = file.size;
    return (text, sent) => {
      bar.hidden = false;
      bar.value = sent;
      said.textContent = filled(text, { sent: megabytes(sent), size: megabytes(file.size) });
    };
  };

  const free = (form) => {
    delete form.dataset.sending;
    form.elements.file.disabled = false;
    form.querySelector("button.wide").disabled = false;
    form.querySelector("progress").hidden = true;
    for (const key of form.querySelectorAll("input[name=arrival][type=hidden]")) key.remove();
  };

  const post = (form, url) => {
    const key = Object.assign(document.createElement("input"), { type: "hidden", name: "arrival" });
    key.value = url.slice(url.lastIndexOf("/") + 1);
    // The first of that name counts.
    form.prepend(key);
    form.elements.file.disabled = true;
    form.submit();
  };

  addEventListener("submit", async (event) => {
    const form = event.target;
    if (!form.matches("[data-send]")) return;
    const file = form.elements.file.files[0];
    if (form.dataset.sending) event.preventDefault();
    if (form.dataset.sending || !file || file.size <= CHUNK_BYTES) return;
    event.preventDefault();
    form.dataset.sending = "yes";
    form.querySelector("button.wide").disabled = true;
    try {
      post(form, await send(form, file, teller(form, file)));
    } catch (problem) {
      free(form);
      form.querySelector("[data-sending]").textContent = await explain(problem);
    }
  });

  addEventListener("change", (event) => {
    const input = event.target;
    if (!input.matches("[data-send] input[name=file]")) return;
    const size = input.files.length ? megabytes(input.files[0].size) : "";
    if (size) input.form.querySelector("[data-said]").textContent = filled(words.cost, { size });
  });

  // Who comes back to the page may send again.
  addEventListener("pageshow", (event) => {
    if (event.persisted) document.querySelectorAll("[data-send]").forEach(free);
  });
})();
