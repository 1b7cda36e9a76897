// A recording is made in the page: it counts down from its slot's length, and each second is kept.
(() => {
  "use strict";
  const pattern = document.getElementById("recorder");
  const TYPES = ["audio/webm;codecs=opus", "audio/mp4", "audio/ogg;codecs=opus"];
  if (!pattern || !self.keep || !self.keep.give || !self.MediaRecorder) return;
  if (!navigator.mediaDevices || !navigator.mediaDevices.getUserMedia) return;
  const type = TYPES.find((one) => MediaRecorder.isTypeSupported(one));
  if (!type) return;
  const ENDING = { "audio/webm": "webm", "audio/mp4": "m4a", "audio/ogg": "ogg" };
  const kind = type.split(";")[0];
  const SPEECH_BITS = 32000;
  const EACH_MS = 1000;
  // A recorder needs a moment to stop: the slot's very end is left free.
  const SPARE_SECONDS = 0.2;
  const SOFTEST = 0.1;
  const QUIET_SECONDS = 3;
  const { person } = document.getElementById("kept").dataset;
  const { clock } = self.keep;
  const pad = (number) => String(number).padStart(2, "0");
  const nameAt = (at) => `recording-${at.getFullYear()}-${pad(at.getMonth() + 1)}-${pad(at.getDate())}`
    + `-${pad(at.getHours())}${pad(at.getMinutes())}${pad(at.getSeconds())}.${ENDING[kind]}`;

  // How loud a microphone is at the moment, from 0 to 1.
  const listen = (stream) => {
    const Context = self.AudioContext || self.webkitAudioContext;
    const context = new Context();
    const analyser = context.createAnalyser();
    const samples = new Uint8Array(analyser.fftSize);
    context.createMediaStreamSource(stream).connect(analyser);
    return {
      level: () => {
        analyser.getByteTimeDomainData(samples);
        return Math.sqrt(samples.reduce((most, one) => Math.max(most, Math.abs(one - 128)), 0) / 128);
      },
      close: () => context.close(),
    };
  };

  const attach = (place) => {
    const form = place.closest("form");
    const limit = Number(place.dataset.seconds) - SPARE_SECONDS;
    place.append(pattern.content.cloneNode(true));
    const part = (name) => place.querySelector(`[data-part=${name}]`);
    const words = place.firstElementChild.dataset;
    const audio = place.querySelector("audio");
    let asking = false;
    let run = null;
    let last = null;

    // What is said again is not read out again.
    const say = (text) => {
      if (part("said").textContent !== text) part("said").textContent = text;
    };
    const show = (state) => {
      for (const one of place.querySelectorAll("[data-in]")) {
        one.hidden = !one.dataset.in.split(" ").includes(state);
      }
    };
    const seconds = () => run.before
      + (run.recorder.state === "recording" ? (performance.now() - run.since) / 1000 : 0);

    const stop = () => {
      run.before = seconds();
      run.recorder.stop();
    };

    const tick = () => {
      const now = seconds();
      part("left").textContent = words.left.replace("{time}", clock(Math.max(limit - now, 0)));
      if (run.recorder.state !== "recording") return;
      const level = run.ear.level();
      part("level").value = level;
      if (level > SOFTEST) run.heard = now;
      say(run.trouble || (now - run.heard > QUIET_SECONDS ? words.quiet : ""));
      if (now >= limit) stop();
    };

    const keepPiece = ({ data }) => {
      const mine = run;
      if (!data.size) return;
      mine.take.seconds = seconds();
      mine.pieces.push(data);
      const take = { ...mine.take };
      const number = mine.pieces.length;
      mine.kept = mine.kept.then(async () => {
        await self.keep.add(take, number, await data.arrayBuffer());
      }).catch(() => { mine.trouble = words.unkept; });
    };

    const finish = async () => {
      const { take, pieces, stream, ear, timer, kept, release, awake } = run;
      clearInterval(timer);
      stream.getTracks().forEach((track) => track.stop());
      ear.close();
      if (awake) awake.then((lock) => lock && lock.release());
      const file = new File(pieces, take.name, { type: kind, lastModified: take.id });
      URL.revokeObjectURL(audio.src);
      audio.src = URL.createObjectURL(file);
      show("done");
      say(words.done.replace("{length}", clock(take.seconds)));
      self.keep.give(form, take, file);
      await kept;
      if (last) await self.keep.drop(last.id);
      last = take;
      release();
      part("again").focus();
    };

    const pause = () => {
      if (!run || run.recorder.state !== "recording") return;
      run.recorder.requestData();
      run.before = seconds();
      run.recorder.pause();
      show("paused");
      say("");
      part("on").focus();
    };
    const goOn = () => {
      run.recorder.resume();
      run.since = performance.now();
      run.heard = run.before;
      show("recording");
      part("pause").focus();
    };

    const start = async () => {
      if (asking) return;
      let stream;
      say("");
      asking = true;
      try {
        stream = await navigator.mediaDevices.getUserMedia({
          audio: { channelCount: 1, echoCancellation: false },
        });
      } catch (problem) {
        say({ NotAllowedError: words.refused, NotFoundError: words.missing }[problem.name]
          || words.busy);
        return;
      } finally {
        asking = false;
      }
      const at = new Date();
      const recorder = new MediaRecorder(stream, { mimeType: type, audioBitsPerSecond: SPEECH_BITS });
      const take = {
        id: at.getTime(),
        person: Number(person) || 0,
        right: Number(place.dataset.right),
        name: nameAt(at),
        type: kind,
        seconds: 0,
      };
      let release;
      self.keep.hold(take.id, new Promise((resolve) => { release = resolve; }));
      run = {
        stream, recorder, take, release, pieces: [], kept: Promise.resolve(),
        before: 0, since: performance.now(), heard: 0, ear: listen(stream),
      };
      recorder.ondataavailable = keepPiece;
      recorder.onstop = finish;
      // A call takes the microphone away: what was said until then stays.
      const [track] = stream.getAudioTracks();
      track.onmute = pause;
      track.onended = () => recorder.state !== "inactive" && stop();
      recorder.start(EACH_MS);
      run.timer = setInterval(tick, 100);
      // The phone neither sleeps meanwhile nor clears away what is kept here.
      if (navigator.wakeLock) run.awake = navigator.wakeLock.request("screen").catch(() => null);
      if (navigator.storage && navigator.storage.persist) navigator.storage.persist();
      show("recording");
      part("pause").focus();
    };

    part("start").onclick = start;
    part("again").onclick = start;
    part("pause").onclick = pause;
    part("on").onclick = goOn;
    part("stop").onclick = stop;
    show("idle");
    place.hidden = false;
  };

  document.querySelectorAll(".recorder").forEach(attach);
})();
