// Sends a file by tus-js-client, as whoever its cookie and token belong to; prints where to.
const fs = require("node:fs");
const tus = require("tus-js-client");

const [endpoint, file, cookie, token] = process.argv.slice(2);
const upload = new tus.Upload(fs.readFileSync(file), {
  endpoint,
  chunkSize: 64000,
  retryDelays: Array(40).fill(50),
  metadata: { filename: "PTT-7.opus" },
  headers: { Cookie: cookie, "X-CSRFToken": token },
  onError: (error) => { console.error(String(error)); process.exit(1); },
  onSuccess: () => console.log(upload.url),
});
upload.start();
