// Judges pages by Lighthouse as a phone sees them: prints each category's score and what lost points.
import { launch } from "chrome-launcher";
import lighthouse from "lighthouse";

const [chromePath, chromeFlags, asked] = process.argv.slice(2);
const chrome = await launch({ chromePath, chromeFlags: chromeFlags.split(" ") });
const judged = {};
try {
  for (const { url, cookie } of JSON.parse(asked)) {
    const extraHeaders = cookie ? { Cookie: cookie } : {};
    const options = { port: chrome.port, output: "json", logLevel: "error", extraHeaders };
    const { lhr } = await lighthouse(url, { ...options, formFactor: "mobile" });
    judged[url] = Object.values(lhr.categories).map(({ id, score, auditRefs }) => ({
      category: id,
      score: Math.round(score * 100),
      lost: auditRefs
        .filter((ref) => ref.weight && lhr.audits[ref.id].score !== null && lhr.audits[ref.id].score < 1)
        .map((ref) => `${ref.id} ${lhr.audits[ref.id].displayValue ?? ""}`.trim()),
    }));
  }
} finally {
  chrome.kill();
}
console.log(JSON.stringify(judged));
