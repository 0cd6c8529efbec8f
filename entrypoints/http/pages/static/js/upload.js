// Uploads with a queue: one file after another, each with its own details and its own way.
import { UploadRow } from "./upload-row.js";
import { filled, texts } from "./texts.js";

const VIDEO_NAME = /\.(mp4|m4v|mov|mkv|webm|avi|mpe?g|ts|m2ts|mts|wmv|flv|3gp|ogv|ogg)$/i;

const uploader = document.querySelector("[data-uploader]");
const list = uploader.querySelector("[data-rows]");
const end = uploader.querySelector("[data-end]");
const startButton = uploader.querySelector("[data-start]");
const live = uploader.querySelector("[data-live]");
const rows = new Set();

document.querySelector("[data-plain-upload]").hidden = true;
uploader.hidden = false;

const hub = {
  api: uploader.dataset.api,
  token: uploader.dataset.token,
  announce: (text) => (live.textContent = text),
  changed: goOn,
  removed: (row) => {
    rows.delete(row);
    goOn();
  },
};

function add(files) {
  for (const file of files) {
    if (!file.type.startsWith("video/") && !VIDEO_NAME.test(file.name)) {
      hub.announce("");
      refuse(filled(texts.not_video, { name: file.name }));
      continue;
    }
    const row = new UploadRow(file, hub);
    rows.add(row);
    list.append(row.element);
  }
  goOn();
}

function refuse(text) {
  const note = document.createElement("p");
  note.className = "note note--bad";
  note.setAttribute("role", "alert");
  note.textContent = text;
  uploader.querySelector("[data-drop-zone]").after(note);
  setTimeout(() => note.remove(), 10_000);
}

/** Start the next waiting row if none is travelling, and show what can be done. */
function goOn() {
  const all = [...rows];
  const waiting = all.filter((row) => row.phase === "waiting" && !row.queued);
  const travelling = all.some((row) => row.phase === "travelling");
  uploader.classList.toggle("has-files", all.length > 0);
  if (!travelling) all.find((row) => row.phase === "waiting" && row.queued)?.start();
  end.hidden = waiting.length === 0;
  startButton.textContent = waiting.length > 1 ? texts.start_many : texts.start_one;
}

startButton.addEventListener("click", () => {
  const waiting = [...rows].filter((row) => row.phase === "waiting" && !row.queued);
  const wrong = waiting.filter((row) => !row.isComplete());
  if (wrong.length) {
    wrong[0].focus();
    return;
  }
  for (const row of waiting) row.queue();
  goOn();
});

const choose = uploader.querySelector("[data-choose]");
choose.addEventListener("change", () => {
  add(choose.files);
  choose.value = "";
});

// The whole page is the drop zone. Entering a child leaves its parent, hence the count.
let depth = 0;
const carriesFiles = (event) => event.dataTransfer?.types.includes("Files");
addEventListener("dragenter", (event) => {
  if (!carriesFiles(event)) return;
  depth += 1;
  uploader.classList.add("dropping");
});
addEventListener("dragleave", (event) => {
  if (!carriesFiles(event)) return;
  depth = Math.max(depth - 1, 0);
  if (!depth) uploader.classList.remove("dropping");
});
addEventListener("dragover", (event) => carriesFiles(event) && event.preventDefault());
addEventListener("drop", (event) => {
  if (!carriesFiles(event)) return;
  event.preventDefault();
  depth = 0;
  uploader.classList.remove("dropping");
  add(event.dataTransfer.files);
});

addEventListener("beforeunload", (event) => {
  const busy = [...rows].some((row) => row.phase === "travelling" || row.queued);
  if (!busy) return;
  event.preventDefault();
  event.returnValue = texts.leave;
});
