// The upload page: files from everywhere, one on its way at a time, and what is unfinished.
import { Drafts } from "./drafts.js";
import { PlainRow } from "./plain-row.js";
import { ResumableRow } from "./resumable-row.js";
import { StorageBar } from "./storage-bar.js";
import { filled, texts } from "./texts.js";
import { isAvailable } from "./tus-transfer.js";
import { SIGNED_OUT, UploadApi } from "./upload-api.js";
import { whenFilesDrop } from "./drop-zone.js";
import { hold, holdIfFree } from "./upload-locks.js";

const VIDEO_NAME = /\.(mp4|m4v|mov|mkv|webm|avi|mpe?g|ts|m2ts|mts|wmv|flv|3gp|ogv|ogg)$/i;

const uploader = document.querySelector("[data-uploader]");
const list = uploader.querySelector("[data-rows]");
const choose = uploader.querySelector("[data-choose]");
const end = uploader.querySelector("[data-end]");
const publishButton = uploader.querySelector("[data-publish-all]");
const live = uploader.querySelector("[data-live]");
const dialog = document.getElementById("discard-dialog");
const storage = new StorageBar(uploader.querySelector("[data-storage]"));
const isResumable = isAvailable();
const rows = new Set();

const hub = {
  api: new UploadApi(uploader.dataset),
  drafts: new Drafts(uploader.dataset.viewer),
  announce: (text) => (live.textContent = text),
  changed: goOn,
  hold,
  removed: (row) => {
    rows.delete(row);
    choose.focus({ preventScroll: true });
    if (!row.isNew) storage.free(row.bytes);
    goOn();
  },
  isSure,
};

function add(files) {
  for (const file of files) {
    const known = [...rows].find((row) => row.isOf?.(file));
    if (known) known.goOnWith(file);
    else if (file.type.startsWith("video/") || VIDEO_NAME.test(file.name)) addRow(file);
    else refuse(filled(texts.not_video, { name: file.name }));
  }
  goOn();
}

function addRow(file) {
  const refusal = storage.refusal(file, rows);
  const row = isResumable ? ResumableRow.ofFile(file, hub) : new PlainRow(file, hub);
  if (refusal) row.refuse(refusal);
  rows.add(row);
  // What was just chosen stands above what is left from earlier.
  list.insertBefore(row.element, list.querySelector("[data-earlier]"));
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
  uploader.classList.toggle("has-files", all.length > 0);
  if (!all.some((row) => row.isTravelling)) all.find((row) => row.isWaiting)?.start();
  const ready = all.filter((row) => row.isReadyToPublish);
  // A row that travels by itself has a button of its own.
  end.hidden = ready.length < (isResumable ? 2 : 1);
  const many = isResumable ? texts.publish_all : texts.upload_all;
  publishButton.textContent = ready.length > 1 ? many : texts.upload_one;
  storage.show(rows);
}

publishButton.addEventListener("click", () => {
  const ready = [...rows].filter((row) => row.isReadyToPublish);
  const wrong = ready.filter((row) => !row.form.isComplete());
  if (wrong.length) wrong[0].form.focus();
  else ready.forEach((row) => row.publish());
});

function isSure(row) {
  dialog.querySelector("[data-title]").textContent = row.name;
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "discard"), {
      once: true,
    });
  });
}

async function listUnfinished() {
  const uploads = await hub.api.unfinished();
  hub.drafts.keepOnly(uploads.map(({ id }) => id));
  for (const upload of uploads) {
    if ([...rows].some((row) => row.id === upload.id)) continue;
    const row = ResumableRow.ofUpload(upload, hub);
    rows.add(row);
    row.element.toggleAttribute("data-earlier", true);
    list.append(row.element);
    if (await holdIfFree(upload.id)) row.takeUp(upload);
    else waitForOther(row);
  }
  goOn();
}

async function waitForOther(row) {
  row.leaveToOther();
  await hold(row.id);
  const upload = (await hub.api.unfinished()).find(({ id }) => id === row.id);
  if (upload) row.takeUp(upload);
  else row.remove();
  goOn();
}

choose.addEventListener("change", () => {
  add(choose.files);
  choose.value = "";
});
whenFilesDrop(uploader, add);

// Whoever has signed in again in another tab goes on here without a further word.
addEventListener("focus", () => {
  for (const row of rows) if (row.phase === SIGNED_OUT) row.resume();
});

addEventListener("beforeunload", (event) => {
  if (![...rows].some((row) => row.isUnsent)) return;
  event.preventDefault();
  event.returnValue = texts.leave;
});

document.querySelector("[data-plain-upload]").hidden = true;
uploader.hidden = false;
goOn();
if (isResumable) listUnfinished().catch(() => refuse(texts.not_listed));
