// What was recorded or shared stays in this browser, piece by piece, until it was sent.
self.keep = (() => {
  "use strict";
  const STORES = ["takes", "pieces"];
  let opening;

  const open = () => {
    opening = opening || new Promise((resolve, reject) => {
      const asked = indexedDB.open("mweya", 1);
      asked.onupgradeneeded = () => {
        asked.result.createObjectStore("takes", { keyPath: "id" });
        asked.result.createObjectStore("pieces", { keyPath: ["take", "number"] });
      };
      asked.onsuccess = () => resolve(asked.result);
      asked.onerror = () => reject(asked.error);
    });
    return opening;
  };

  // Strict: a piece is on the disk, not on its way there, before the next one comes.
  const write = async (act) => {
    const database = await open();
    return new Promise((resolve, reject) => {
      const writing = database.transaction(STORES, "readwrite", { durability: "strict" });
      act(writing.objectStore("takes"), writing.objectStore("pieces"));
      writing.oncomplete = () => resolve();
      writing.onabort = writing.onerror = () => reject(writing.error);
      // Whoever leaves the page now does not take what was written with them.
      if (writing.commit) writing.commit();
    });
  };

  const read = async (act) => {
    const database = await open();
    return new Promise((resolve, reject) => {
      const reading = database.transaction(STORES);
      const asked = act(reading.objectStore("takes"), reading.objectStore("pieces"));
      asked.onsuccess = () => resolve(asked.result);
      asked.onerror = () => reject(asked.error);
    });
  };

  const range = (id) => IDBKeyRange.bound([id, 0], [id, Infinity]);
  const alive = async () => {
    const locks = navigator.locks ? (await navigator.locks.query()).held : [];
    return locks.map((lock) => lock.name);
  };

  // A take is { id, person, right, name, type, seconds, key }: `key` is that of the form it
  // was sent with, `person` 0 while nobody was signed in.
  return {
    // Keep a piece of a take, with what is known of the take by now.
    add: (take, number, bytes) => write((takes, pieces) => {
      takes.put(take);
      pieces.put({ take: take.id, number, bytes });
    }),
    change: (take) => write((takes) => takes.put(take)),
    drop: (id) => write((takes, pieces) => {
      takes.delete(id);
      pieces.delete(range(id));
    }),
    // What was not recorded here, oldest first.
    shared: async () => (await read((all) => all.getAll())).filter((take) => !take.seconds),
    // All takes of a person, newest first, but for what another tab is recording now. Nobody's are
    // everybody's.
    mine: async (person) => {
      const [takes, held] = [await read((all) => all.getAll()), await alive()];
      const theirs = (take) => !take.person || take.person === person;
      return takes.reverse().filter((take) => theirs(take) && !held.includes(`take-${take.id}`));
    },
    file: async (take) => {
      const pieces = await read((_, all) => all.getAll(range(take.id)));
      const bytes = pieces.map((piece) => piece.bytes);
      return new File(bytes, take.name, { type: take.type, lastModified: take.id });
    },
    // Nobody else lists or deletes a take until `until` is settled.
    hold: (id, until) => {
      if (navigator.locks) navigator.locks.request(`take-${id}`, () => until);
    },
  };
})();
