// The whole page takes files that are dropped.

/** Call `take(files)` for what is dropped anywhere; `zone` shows that it would be. */
export function whenFilesDrop(zone, take) {
  // Entering a child leaves its parent, hence the count.
  let depth = 0;
  const show = (count) => {
    depth = Math.max(count, 0);
    zone.classList.toggle("dropping", depth > 0);
  };
  const onFiles = (name, act) => {
    addEventListener(name, (event) => {
      if (event.dataTransfer?.types.includes("Files")) act(event);
    });
  };
  onFiles("dragenter", () => show(depth + 1));
  onFiles("dragleave", () => show(depth - 1));
  onFiles("dragover", (event) => event.preventDefault());
  onFiles("drop", (event) => {
    event.preventDefault();
    show(0);
    take(event.dataTransfer.files);
  });
}
