// "Show more" is a link to the next page. Here the next page's items join this one.

const SKELETON_AFTER = 150;

export function loadMoreInPlace() {
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("[data-load-more]");
    if (!link || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    load(link);
  });
}

async function load(link) {
  const end = link.closest("[data-list-end]");
  // There may be several lists on a page, and lists in lists.
  const list = end.parentElement.querySelector(":scope > [data-list]");
  if (link.getAttribute("aria-disabled") === "true") return;
  link.setAttribute("aria-disabled", "true");
  const text = link.dataset.text ?? link.textContent;
  link.dataset.text = text;
  link.textContent = end.dataset.loading;
  end.querySelector("[data-failure]")?.remove();
  const skeletons = [];
  const timer = setTimeout(() => skeletons.push(...addSkeletons(list)), SKELETON_AFTER);
  try {
    const response = await fetch(link.href, { headers: { Accept: "text/html" } });
    if (!response.ok) throw new Error(String(response.status));
    const next = new DOMParser().parseFromString(await response.text(), "text/html");
    append(next, list, end);
  } catch {
    link.removeAttribute("aria-disabled");
    link.textContent = end.dataset.again;
    const failure = document.createElement("p");
    failure.dataset.failure = "";
    failure.setAttribute("role", "alert");
    failure.textContent = end.dataset.failed;
    end.prepend(failure);
  } finally {
    clearTimeout(timer);
    for (const skeleton of skeletons) skeleton.remove();
  }
}

function append(next, list, end) {
  const nextList = next.querySelector("[data-list]");
  const items = [...nextList.children]
    .map((item) => document.adoptNode(item))
    .filter((item) => !item.id || !document.getElementById(item.id));
  const nextEnd = document.adoptNode(next.querySelector("[data-list-end]"));
  // Nothing went away above, so there is no beginning to go back to.
  nextEnd.querySelector("[data-first]")?.remove();
  for (const skeleton of list.querySelectorAll(".skeleton")) skeleton.remove();
  list.append(...items);
  end.replaceWith(nextEnd);
  items[0]?.querySelector("a[href]:not([tabindex='-1'])")?.focus({ preventScroll: true });
  list.dispatchEvent(new CustomEvent("items-added", { bubbles: true }));
}

function addSkeletons(list) {
  if (!list.classList.contains("video-grid")) return [];
  const made = Array.from({ length: 4 }, () => {
    const item = document.createElement("li");
    item.className = "skeleton";
    item.setAttribute("aria-hidden", "true");
    for (const name of ["poster", "skeleton__line", "skeleton__line skeleton__line--short"]) {
      const part = document.createElement("div");
      part.className = name;
      item.append(part);
    }
    return item;
  });
  list.append(...made);
  return made;
}
