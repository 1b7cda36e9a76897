// A piece that is dragged to another place asks its page what that would do, as its form does.
(() => {
  "use strict";
  const body = document.querySelector("[data-page]");
  if (!body) return;
  let piece = "";
  let over = null;
  const cell = (event) => event.target.closest && event.target.closest("td");
  const leave = () => {
    if (over) over.classList.remove("over");
    over = null;
  };
  body.addEventListener("dragstart", (event) => {
    const from = cell(event);
    piece = (from && from.dataset.piece) || "";
    if (!piece) return;
    event.dataTransfer.setData("text/plain", from.textContent.trim());
    event.dataTransfer.effectAllowed = "move";
  });
  body.addEventListener("dragover", (event) => {
    const to = cell(event);
    if (!piece || !to || to.classList.contains("reserved") || to.dataset.piece === piece) return leave();
    event.preventDefault();
    if (to === over) return;
    leave();
    over = to;
    over.classList.add("over");
  });
  body.addEventListener("drop", (event) => {
    const to = over;
    leave();
    if (!piece || !to) return;
    event.preventDefault();
    const page = body.dataset.page.replace(/0$/, piece);
    const asked = new URLSearchParams({ channel: to.cellIndex, at: to.parentNode.dataset.at });
    location.href = `${page}?${asked}#trial`;
  });
  body.addEventListener("dragend", () => {
    leave();
    piece = "";
  });
})();
