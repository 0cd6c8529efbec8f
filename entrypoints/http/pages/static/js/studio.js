// The studio: states that move on by themselves, and a question before deleting.
import { follow } from "./processing.js";
import { texts } from "./texts.js";

const percents = new Intl.NumberFormat(document.documentElement.lang, { style: "percent" });

function followRows() {
  for (const row of document.querySelectorAll("[data-unsettled]")) {
    row.removeAttribute("data-unsettled");
    follow(row.dataset.video, (video) => showState(row, video.processing), 2000);
  }
}

function showState(row, { state, progress, code, reason }) {
  const badge = row.querySelector("[data-state]");
  badge.className = `badge badge--${state}`;
  badge.dataset.state = state;
  const name = texts.states[state] ?? state;
  badge.textContent = progress === null ? name : `${name} · ${percents.format(progress)}`;
  const line = row.querySelector("[data-reason]");
  line.hidden = state !== "failed";
  row.querySelector("[data-retry]").hidden = code !== "processing_crashed";
  line.textContent = state === "failed" ? (texts.refusals[code] ?? reason ?? texts.unknown) : "";
  return true;
}

function askBeforeDeleting() {
  const dialog = document.getElementById("delete-dialog");
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("[data-delete]");
    if (!link || event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    dialog.querySelector("form").action = link.href;
    dialog.querySelector("[data-title]").textContent = link.dataset.title;
    dialog.showModal();
    dialog.querySelector("[data-keep]").focus();
  });
  dialog.querySelector("[data-keep]").addEventListener("click", () => dialog.close());
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close();
  });
}

followRows();
document.addEventListener("items-added", followRows);
askBeforeDeleting();
