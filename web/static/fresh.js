// What is marked data-fresh is fetched again while the page is looked at or listened to; forms are
// left alone. It comes from the page itself, or from the address in data-from.
(() => {
  "use strict";
  let timer = 0;
  const wait = () => {
    clearTimeout(timer);
    const marked = [...document.querySelectorAll("[data-seconds]")];
    const seconds = marked.map((part) => Number(part.dataset.seconds)).filter(Boolean);
    // Listeners do not all ask in the same moment.
    const late = document.querySelector("[data-from]") ? Math.random() * 4000 : 0;
    if (seconds.length) timer = setTimeout(refresh, Math.min(...seconds) * 1000 + late);
  };
  const listening = () => [...document.querySelectorAll("audio")].some((one) => !one.paused);
  const refresh = async () => {
    if (document.hidden && !listening()) return;
    try {
      const other = document.querySelector("[data-from]");
      const from = other ? other.dataset.from : location.href;
      const answer = await fetch(from, { headers: { Accept: "text/html" } });
      if (!answer.ok) throw new Error(String(answer.status));
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      page.documentElement.lang = document.documentElement.lang;
      if (self.yours) self.yours(page);
      for (const old of document.querySelectorAll("[data-fresh], [data-seconds]")) {
        const fresh = old.id && page.getElementById(old.id);
        if (!fresh) continue;
        if ("fresh" in old.dataset && old.innerHTML !== fresh.innerHTML) {
          old.replaceWith(document.importNode(fresh, true));
        } else if (fresh.dataset.seconds) {
          old.dataset.seconds = fresh.dataset.seconds;
        } else {
          delete old.dataset.seconds;
        }
      }
      document.dispatchEvent(new Event("fresh"));
      wait();
    } catch {
      timer = setTimeout(refresh, 20000);
    }
  };
  document.addEventListener("visibilitychange", () => document.hidden || refresh());
  wait();

  // Who has signed out is not taken for who is here when there is no network.
  try {
    if ("nobody" in document.currentScript.dataset) localStorage.removeItem("person");
  } catch {
    // This browser remembers nobody anyway.
  }
})();
