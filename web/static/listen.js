// Listening goes on: the phone is told who speaks, a lost sound comes back, times are one's own.
(() => {
  "use strict";
  const WAITS = [1, 2, 4, 8, 15, 30];
  const STILL_SECONDS = 20;
  const LOOK_SECONDS = 5;
  const said = document.getElementById("sound");
  const players = [...document.querySelectorAll("audio[data-channel]")];
  const choices = [...document.querySelectorAll("a[data-quality]")];
  let wanted = null;
  let last = null;
  let tries = 0;
  let timer = 0;
  let reached = -1;
  let still = 0;

  const tell = (text) => { if (said && said.textContent !== text) said.textContent = text; };
  const forget = () => { clearTimeout(timer); timer = 0; };

  // The stream of the quality that is marked, or the first that this browser can play. Its address
  // is set, as `load` would not wait for play in spite of preload="none".
  const tune = (audio) => {
    const able = [...audio.children].filter(({ type }) => audio.canPlayType(type));
    const marked = choices.find((one) => one.hasAttribute("aria-current"));
    const found = able.find(({ dataset }) => marked && dataset.quality === marked.dataset.quality);
    if (able.length) audio.src = (found || able[0]).src;
  };

  // What was held back of a live stream is over: it is always begun anew.
  const begin = (audio) => {
    forget();
    wanted = last = audio;
    reached = -1;
    still = 0;
    tell(said.dataset.waiting);
    tune(audio);
    audio.play().catch(({ name }) => {
      if (name === "NotAllowedError") stop(audio);
      else if (name !== "AbortError") lost(audio);
    });
  };

  // A pause leaves the stream, so that it costs no data.
  const stop = (audio) => {
    if (wanted !== audio) return;
    wanted = null;
    tries = 0;
    forget();
    tell("");
    tune(audio);
    if (navigator.mediaSession) navigator.mediaSession.playbackState = "paused";
  };

  const lost = (audio) => {
    if (wanted !== audio || timer) return;
    const seconds = WAITS[Math.min(tries, WAITS.length - 1)];
    tries += 1;
    tell(said.dataset.lost.replace("{seconds}", seconds));
    // Not all listeners come back in the same moment.
    timer = setTimeout(() => begin(audio), seconds * (750 + Math.random() * 500));
  };

  const show = () => {
    if (!wanted || !navigator.mediaSession || !window.MediaMetadata) return;
    const now = document.getElementById(`now-${wanted.dataset.channel}`);
    if (!now) return;
    const { station, picture, channel } = said.dataset;
    navigator.mediaSession.metadata = new MediaMetadata({
      title: now.querySelector("strong").textContent,
      artist: now.querySelector(".by").textContent,
      album: `${station} · ${channel.replace("{name}", wanted.dataset.name)}`,
      artwork: [{ src: picture, sizes: "512x512", type: "image/png" }],
    });
    navigator.mediaSession.playbackState = "playing";
  };

  const mark = (quality) => {
    for (const one of choices) {
      if (one.dataset.quality === quality) one.setAttribute("aria-current", "true");
      else one.removeAttribute("aria-current");
    }
  };

  for (const audio of players) {
    audio.addEventListener("play", () => {
      for (const other of players) if (other !== audio) other.pause();
      forget();
      wanted = last = audio;
      tell(said.dataset.waiting);
    });
    audio.addEventListener("pause", () => {
      if (audio.ended || audio.error) lost(audio);
      else stop(audio);
    });
    audio.addEventListener("ended", () => lost(audio));
    // The last source that fails leaves nothing to try.
    audio.addEventListener("error", ({ target }) => {
      if (target === audio || target === audio.lastElementChild) lost(audio);
    }, true);
    audio.addEventListener("waiting", () => wanted === audio && tell(said.dataset.waiting));
    audio.addEventListener("playing", () => {
      forget();
      tell("");
      const source = [...audio.children].find(({ src }) => src === audio.currentSrc);
      if (source) mark(source.dataset.quality);
      show();
    });
  }

  setInterval(() => {
    if (!wanted || timer) return;
    still = wanted.currentTime === reached ? still + LOOK_SECONDS : 0;
    if (reached >= 0 && !still) tries = 0;
    reached = wanted.currentTime;
    if (still >= STILL_SECONDS) lost(wanted);
  }, LOOK_SECONDS * 1000);
  addEventListener("online", () => timer && begin(wanted));

  for (const choice of choices) {
    choice.addEventListener("click", (event) => {
      event.preventDefault();
      mark(choice.dataset.quality);
      for (const audio of players) {
        if (audio === wanted) begin(audio);
        else tune(audio);
      }
      // The station remembers it for this browser.
      fetch(choice.href, { method: "HEAD" }).catch(() => {});
    });
  }

  if (navigator.mediaSession) {
    const leave = () => { last.pause(); stop(last); };
    const acts = { play: () => last && begin(last), pause: () => last && leave() };
    for (const [act, run] of Object.entries({ ...acts, stop: acts.pause })) {
      try { navigator.mediaSession.setActionHandler(act, run); } catch { /* an older browser */ }
    }
  }

  const two = (number) => String(number).padStart(2, "0");
  // Times as the listener's own clock shows them, with the day where that is another one.
  self.yours = (page) => {
    let other = false;
    for (const one of page.querySelectorAll("time[datetime]")) {
      const there = one.getAttribute("datetime");
      const at = new Date(there);
      const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
      const time = `${two(at.getHours())}:${two(at.getMinutes())}`;
      if (there.startsWith(`${day}T${time}`)) continue;
      other = true;
      // Where its date is told, the other day's is told too.
      const told = one.textContent.includes(" ") ? { day: "numeric", month: "short" } : {};
      if (one.textContent.includes(there.slice(0, 4))) told.year = "numeric";
      const weekday = at.toLocaleDateString(page.documentElement.lang, { weekday: "short", ...told });
      const name = there.startsWith(day) ? one.textContent.replace(/\S+$/, "") : `${weekday} `;
      one.textContent = name + time + (at.getSeconds() ? `:${two(at.getSeconds())}` : "");
    }
    return other;
  };
  if (self.yours(document)) {
    const zone = document.getElementById("zone");
    const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
    zone.textContent = zone.dataset.yours.replace("{zone}", timeZone.split("/").pop().replace(/_/g, " "));
  }
  document.addEventListener("fresh", show);
})();
