// What was not sent is shown on top of the page: to listen to, to send, or to delete.
(() => {
  "use strict";
  const place = document.getElementById("kept");
  if (!place || !self.keep || !self.indexedDB || !self.DataTransfer) return;
  const { answered, days, share, recorded, shared } = place.dataset;
  // Without a network nobody knows who is signed in: it is whoever was here last.
  if (place.dataset.person) localStorage.setItem("person", place.dataset.person);
  const person = Number(localStorage.getItem("person")) || 0;
  const list = place.querySelector("ul");
  const pattern = document.getElementById("kept-one");
  // On the page that asks for a week, its form takes what the address names, or the newest: but
  // what came from elsewhere, as any page can send it, waits until its button is pressed.
  const form = location.pathname === share && document.querySelector("form.main");
  const given = new WeakMap();

  self.keep.clock = (seconds) =>
    `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;

  // A form takes a kept file as if it had been chosen there.
  self.keep.give = (to, take, file) => {
    const input = to.querySelector("input[name=file]");
    const chosen = new DataTransfer();
    chosen.items.add(file);
    input.files = chosen.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
    given.set(to, take);
  };
  document.addEventListener("submit", ({ target }) => {
    const take = given.get(target);
    const [file] = (take && target.querySelector("input[name=file]").files) || [];
    if (!file || file.name !== take.name || file.lastModified !== take.id) return;
    take.key = target.elements.key.value;
    self.keep.change(take);
  }, true);

  const sentence = (take, file) => {
    const language = document.documentElement.lang;
    const at = new Date(take.id);
    const hour = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
    const size = { minimumFractionDigits: 1, maximumFractionDigits: 1 };
    return (take.seconds ? recorded : shared)
      .replace("{length}", self.keep.clock(take.seconds))
      .replace("{size}", (file.size / 1e6).toLocaleString(language, size))
      .replace("{time}", `${days.split(" ")[at.getDay()]} ${at.toLocaleTimeString(language, hour)}`);
  };

  const wasSent = async (take) => {
    if (!take.key || !answered) return false;
    try {
      const answer = await fetch(`${answered}?key=${encodeURIComponent(take.key)}`);
      return (await answer.json()).answered;
    } catch {
      return false;
    }
  };

  const row = (take, file) => {
    const made = pattern.content.cloneNode(true).firstElementChild;
    const part = (name) => made.querySelector(name);
    part("p").textContent = sentence(take, file);
    part("audio").src = URL.createObjectURL(file);
    part("[data-do=send]").hidden = !share || given.get(form) === take;
    part("[data-do=send]").onclick = () => {
      if (!form) location = `${share}?right=${take.right}#take-${take.id}`;
      else {
        self.keep.give(form, take, file);
        form.elements.title.focus();
      }
    };
    const drop = part("[data-do=drop]");
    drop.onclick = async () => {
      if (drop.textContent === place.dataset.sure) {
        await self.keep.drop(take.id);
        show();
      }
      drop.textContent = place.dataset.sure;
    };
    return made;
  };

  const show = async () => {
    const found = [];
    for (const take of await self.keep.mine(person)) {
      const file = await self.keep.file(take);
      if (!file.size || await wasSent(take)) {
        await self.keep.drop(take.id);
        continue;
      }
      // What was shared before anybody signed in belongs to who did.
      if (!take.person && share) await self.keep.change(Object.assign(take, { person }));
      found.push([take, file]);
    }
    const named = found.find(([take]) => location.hash === `#take-${take.id}`) || found[0];
    if (form && named && named[0].seconds && !given.has(form)) self.keep.give(form, ...named);
    list.textContent = "";
    list.append(...found.map(([take, file]) => row(take, file)));
    place.hidden = !found.length;
  };

  // A browser that keeps nothing, as some do in private windows, has nothing to show.
  show().catch(() => {});
  if (navigator.serviceWorker && share) {
    navigator.serviceWorker.register(`/sw.js?language=${document.documentElement.lang}`, { scope: "/member/" }).catch(() => {});
  }

  // A phone that can put this page among its programs says so; the button then asks it to.
  const install = document.getElementById("install");
  addEventListener("beforeinstallprompt", (event) => {
    if (!install) return;
    install.hidden = false;
    install.querySelector("button").onclick = () => {
      event.prompt();
      install.hidden = true;
    };
  });
})();
