// A comment that is deleted can be had back for a while: the hub is told when it is over, or
// when the page goes away.

const UNDO_FOR = 10_000;

export async function deleteWithUndo(link, { pageOf, send, texts, say, recount }) {
  const item = link.closest("[data-comment]");
  const body = item.querySelector(".comment__body");
  let form;
  try {
    const { page } = await pageOf(link.href);
    form = document.adoptNode(page.querySelector("[data-delete-form]"));
  } catch {
    location.assign(link.href);
    return;
  }
  const notice = noticeOf(texts);
  body.hidden = true;
  item.append(notice);
  notice.querySelector("button").focus();
  recount(-1);

  const restore = (text) => {
    notice.remove();
    body.hidden = false;
    recount(1);
    say(text);
    link.focus();
  };
  const forget = () => {
    clearTimeout(timer);
    removeEventListener("pagehide", leave);
  };
  const leave = () => {
    forget();
    const sent = new URLSearchParams(new FormData(form));
    fetch(form.action, { method: "POST", body: sent, keepalive: true, redirect: "manual" });
  };
  const finish = async () => {
    forget();
    notice.querySelector("button").disabled = true;
    try {
      await send(form);
      settle(item, notice);
    } catch {
      restore(texts.failed);
    }
  };
  const timer = setTimeout(finish, UNDO_FOR);
  addEventListener("pagehide", leave);
  notice.querySelector("button").addEventListener("click", () => {
    forget();
    restore(texts.undone);
  });
}

/** What is left of it: the place that replies hang on, or nothing. */
function settle(item, notice) {
  const thread = item.querySelector("[data-thread]");
  if (!thread?.querySelector("[data-comment]")) {
    item.remove();
    return;
  }
  notice.querySelector("button").remove();
  notice.after(thread);
  item.querySelector(".comment__body").remove();
}

function noticeOf(texts) {
  const notice = document.createElement("p");
  notice.className = "comment__gone";
  notice.setAttribute("role", "status");
  notice.append(`${texts.gone} `);
  const undo = document.createElement("button");
  undo.className = "button button--small button--quiet";
  undo.type = "button";
  undo.textContent = texts.undo;
  notice.append(undo);
  return notice;
}
