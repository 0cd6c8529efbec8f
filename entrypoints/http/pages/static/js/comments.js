// Comments in place: said, answered, edited and deleted without leaving the page. Each is the
// link or form that works without scripts, whose answer is taken over.
import { deleteWithUndo } from "./comment-deletion.js";

const section = document.querySelector("[data-comments]");
const texts = section?.dataset;
const status = section?.querySelector("[data-comments-status]");

class Refused extends Error {}

async function pageOf(address, options) {
  const headers = { Accept: "text/html" };
  const answer = await fetch(address, { ...options, headers, cache: "no-store" });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (answer.ok) return { page, url: new URL(answer.url) };
  const said = page.querySelector(".field__error, .note--bad, .error-card__title");
  throw new Refused(said?.textContent.trim() || texts.failed);
}

function send(form) {
  return pageOf(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)) });
}

/** The comment that a form has made or changed, as the hub shows it. */
async function answered(form) {
  const { page, url } = await send(form);
  const id = `comment-${url.searchParams.get("comment")}`;
  const item = page.getElementById(id);
  if (!item) throw new Refused(texts.failed);
  return document.adoptNode(item);
}

function say(text) {
  status.textContent = text;
}

function complain(form, error) {
  form.querySelector("[data-complaint]")?.remove();
  const line = document.createElement("p");
  line.className = "field__error";
  line.dataset.complaint = "";
  line.setAttribute("role", "alert");
  line.textContent = error instanceof Refused ? error.message : texts.failed;
  form.append(line);
}

function recount(by) {
  const count = section.querySelector(".comments__count");
  count.textContent = String(Math.max(0, Number(count.textContent) + by));
}

function drafted(text) {
  const draft = section.querySelector("[data-comment-draft]").content.cloneNode(true);
  draft.querySelector("[data-draft-text]").textContent = text;
  return draft.firstElementChild;
}

async function add(form) {
  const field = form.elements.text;
  if (!field.value.trim() || form.dataset.busy) return;
  form.dataset.busy = "";
  form.querySelector("[data-complaint]")?.remove();
  const replies = form.closest("[data-thread]")?.querySelector("[data-replies]");
  const list = replies ?? section.querySelector("[data-comment-list]");
  const draft = drafted(field.value.trim());
  if (replies) list.append(draft);
  else list.prepend(draft);
  const text = field.value;
  const sending = answered(form);
  field.value = "";
  say(texts.sending);
  try {
    const item = await sending;
    if (!replies) fold(item);
    draft.replaceWith(item);
    form.reset();
    field.value = "";
    section.querySelector("[data-no-comments]")?.remove();
    recount(1);
    say(texts.sent);
  } catch (error) {
    draft.remove();
    field.value = text;
    complain(form, error);
    say("");
    field.focus();
  } finally {
    delete form.dataset.busy;
  }
}

/** A comment without its thread, which can be opened. */
function fold(item) {
  item.querySelector("[data-thread]")?.remove();
  item.querySelector("[data-open-thread]")?.removeAttribute("hidden");
  item.classList.remove("comment--asked");
}

async function openThread(link) {
  const item = link.closest("[data-comment]");
  const there = item.querySelector("[data-thread]");
  if (there) {
    there.hidden = !there.hidden;
    link.setAttribute("aria-expanded", String(!there.hidden));
    return;
  }
  if (link.getAttribute("aria-busy")) return;
  link.setAttribute("aria-busy", "true");
  try {
    const { page } = await pageOf(link.href);
    const thread = document.adoptNode(page.querySelector("[data-thread]"));
    item.querySelector(".comment__body").append(thread);
    link.setAttribute("aria-expanded", "true");
    thread.querySelector("textarea, a")?.focus({ preventScroll: true });
  } catch {
    location.assign(link.href);
  } finally {
    link.removeAttribute("aria-busy");
  }
}

async function openEdit(link) {
  const item = link.closest("[data-comment]");
  const said = item.querySelector("[data-said]");
  if (said.hidden) return;
  try {
    const { page } = await pageOf(link.href);
    const form = document.adoptNode(page.querySelector("[data-edit-form]"));
    said.hidden = true;
    said.after(form);
    form.elements.text.focus();
    form.querySelector("[data-cancel]").addEventListener("click", (event) => {
      event.preventDefault();
      close(form, said, link);
    });
  } catch {
    location.assign(link.href);
  }
}

function close(form, said, link) {
  form.remove();
  said.hidden = false;
  link.focus();
}

async function saveEdit(form) {
  if (form.dataset.busy) return;
  form.dataset.busy = "";
  const item = form.closest("[data-comment]");
  const said = item.querySelector("[data-said]");
  const words = said.querySelector(".comment__text");
  const before = [...words.childNodes];
  const sending = answered(form);
  words.textContent = form.elements.text.value.trim();
  said.hidden = false;
  form.hidden = true;
  try {
    const changed = await sending;
    const head = changed.querySelector(".comment__head");
    item.querySelector(".comment__head").replaceWith(head);
    said.replaceWith(changed.querySelector("[data-said]"));
    form.remove();
    item.focus();
    say(texts.sent);
  } catch (error) {
    words.replaceChildren(...before);
    said.hidden = true;
    form.hidden = false;
    complain(form, error);
    form.elements.text.focus();
  } finally {
    delete form.dataset.busy;
  }
}

function onClick(event) {
  if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey) return;
  const link = event.target.closest?.("[data-open-thread], [data-edit-comment], [data-delete-comment]");
  if (!link) return;
  event.preventDefault();
  if (link.matches("[data-open-thread]")) openThread(link);
  else if (link.matches("[data-edit-comment]")) openEdit(link);
  else deleteWithUndo(link, { pageOf, send, texts, say, recount });
}

function onSubmit(event) {
  const form = event.target;
  if (!form.matches("[data-comment-form], [data-edit-form]")) return;
  event.preventDefault();
  if (form.matches("[data-edit-form]")) saveEdit(form);
  else add(form);
}

function offerNow() {
  const button = section.querySelector("[data-now]");
  const video = document.querySelector("[data-player] video");
  if (!button || !video) return;
  button.hidden = false;
  button.addEventListener("click", () => {
    const whole = Math.floor(video.currentTime);
    const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
    const parts = hours ? [hours, String(minutes).padStart(2, "0")] : [minutes];
    button.form.elements.at.value = [...parts, String(whole % 60).padStart(2, "0")].join(":");
  });
}

if (section) {
  section.addEventListener("click", onClick);
  section.addEventListener("submit", onSubmit);
  offerNow();
}
