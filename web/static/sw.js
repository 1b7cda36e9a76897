// The installed page takes what WhatsApp shares, and says what is kept while there is no network.
(() => {
  "use strict";
  // Whoever registers the worker says in which language its page is.
  const OFFLINE = `/offline${self.location.search}`;
  const SHARE = "/member/share";
  // Any page can send us files: what it sends may take no more than the place of others like it.
  const MOST_SHARED = 4;
  // Nothing of a signed-in page is kept: the page is asked for without a cookie.
  const nobody = (address) => new Request(address, { credentials: "omit" });

  const prepare = async () => {
    const cache = await caches.open(self.version);
    const page = await fetch(nobody(OFFLINE));
    const parts = (await page.clone().text()).match(/\/static\/[^"]+/g) || [];
    await cache.put(OFFLINE, page);
    await cache.addAll(parts.map(nobody));
    await self.skipWaiting();
  };

  const takeOver = async () => {
    const old = (await caches.keys()).filter((name) => name !== self.version);
    await Promise.all(old.map((name) => caches.delete(name)));
    const { navigationPreload } = self.registration;
    if (navigationPreload) await navigationPreload.enable();
    await self.clients.claim();
  };

  // The shared file waits in this browser for its form; with no room here, the station keeps it.
  const receive = async (request) => {
    const copy = request.clone();
    try {
      const file = (await request.formData()).get("file");
      const take = { id: Date.now(), person: 0, right: 0, name: file.name, type: file.type };
      await self.keep.add(take, 1, file);
      const old = (await self.keep.shared()).slice(0, -MOST_SHARED);
      await Promise.all(old.map(({ id }) => self.keep.drop(id)));
      return Response.redirect(`${SHARE}#take-${take.id}`, 303);
    } catch {
      return fetch(copy);
    }
  };

  const visit = async (event) => {
    try {
      return (await event.preloadResponse) || (await fetch(event.request));
    } catch {
      return caches.match(OFFLINE);
    }
  };

  self.addEventListener("install", (event) => event.waitUntil(prepare()));
  self.addEventListener("activate", (event) => event.waitUntil(takeOver()));
  self.addEventListener("fetch", (event) => {
    const { request } = event;
    const { pathname } = new URL(request.url);
    if (request.method === "POST" && pathname === SHARE) event.respondWith(receive(request));
    else if (request.mode === "navigate" && request.method === "GET") event.respondWith(visit(event));
    else if (pathname.startsWith("/static/")) {
      event.respondWith(caches.match(request).then((kept) => kept || fetch(request)));
    }
  });
})();
