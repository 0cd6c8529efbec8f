// The page of a video in the studio: the frame for the poster is where its player stands,
// and a file that is too large is not sent.

for (const form of document.querySelectorAll("[data-poster-frame]")) {
  const video = form.querySelector("video");
  const field = form.querySelector("[name=at]");
  const show = () => {
    field.value = clock(video.currentTime);
  };
  for (const name of ["seeked", "pause", "timeupdate"]) video.addEventListener(name, show);
}

for (const field of document.querySelectorAll("[data-most]")) {
  field.addEventListener("change", () => {
    const [file] = field.files;
    const tooLarge = file && file.size > Number(field.dataset.most);
    field.setCustomValidity(tooLarge ? field.dataset.tooLarge : "");
    if (tooLarge) field.reportValidity();
  });
}

function clock(time) {
  // Rounded down: at the very end there is no frame any more.
  const thousandths = Math.floor(time * 1000);
  const minutes = Math.floor(thousandths / 60000);
  const seconds = ((thousandths % 60000) / 1000).toFixed(3).padStart(6, "0");
  const hours = Math.floor(minutes / 60);
  const rest = String(minutes % 60).padStart(hours ? 2 : 1, "0");
  return hours ? `${hours}:${rest}:${seconds}` : `${rest}:${seconds}`;
}
