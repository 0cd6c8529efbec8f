// How much of the screen the player takes: theatre, full screen, a picture of its own.

export class Views {
  #box;
  #video;

  constructor({ box, video, part }) {
    this.#box = box;
    this.#video = video;
    this.theatreButton = part("theatre");
    this.fullscreenButton = part("fullscreen");
    this.theatreButton.addEventListener("click", () => this.theatre());
    this.fullscreenButton.addEventListener("click", () => this.fullscreen());
    document.addEventListener("fullscreenchange", () => {
      this.fullscreenButton.ariaPressed = String(document.fullscreenElement === box);
    });
    part("pip").hidden = !document.pictureInPictureEnabled;
    part("pip").addEventListener("click", () => this.pictureInPicture());
  }

  theatre() {
    // In a frame there is no more room to take.
    if (this.theatreButton.hidden) return;
    const isOn = this.#box.classList.toggle("player--theatre");
    this.theatreButton.ariaPressed = String(isOn);
    this.#box.scrollIntoView({ block: "nearest" });
  }

  fullscreen() {
    if (document.fullscreenElement) document.exitFullscreen();
    else if (this.#box.requestFullscreen) this.#box.requestFullscreen().catch(() => {});
    // A telephone may show the video alone, with controls of its own.
    else this.#video.webkitEnterFullscreen?.();
  }

  pictureInPicture() {
    if (document.pictureInPictureElement) document.exitPictureInPicture();
    else this.#video.requestPictureInPicture().catch(() => {});
  }
}
