// When the controls are seen: while somebody is there, and until the video plays.

const STAYS = 3000;

export class Presence {
  #player;
  #timer;
  #touched = false;

  constructor(player) {
    this.#player = player;
    const { box, video, part } = player;
    const surface = part("surface");
    for (const name of ["pointermove", "focusin", "keydown"]) {
      box.addEventListener(name, ({ pointerType }) => pointerType !== "touch" && this.wake());
    }
    box.addEventListener("pointerleave", ({ pointerType }) => pointerType === "mouse" && this.#rest());
    for (const name of ["play", "pause", "ended"]) video.addEventListener(name, () => this.wake());
    surface.addEventListener("pointerdown", ({ pointerType }) => (this.#touched = pointerType === "touch"));
    surface.addEventListener("click", ({ target }) => target === surface && this.#press());
    surface.addEventListener("dblclick", ({ target }) => {
      if (target === surface && !this.#touched) player.views.fullscreen();
    });
    this.#showWaiting();
  }

  wake() {
    this.#player.box.classList.remove("player--idle");
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#rest(), STAYS);
  }

  /** A finger shows and hides the controls, a mouse plays and pauses. */
  #press() {
    const { box, playing } = this.#player;
    if (!this.#touched) playing.toggle();
    else if (box.classList.contains("player--idle")) this.wake();
    else this.#rest();
  }

  #rest() {
    const { box, video, part } = this.#player;
    const isUsed = box.querySelector("[role=menu]:not([hidden])");
    if (video.paused) return;
    if (isUsed || part("controls").querySelector(":focus-visible, :active")) this.wake();
    else box.classList.add("player--idle");
  }

  #showWaiting() {
    const { video, part } = this.#player;
    const show = (isWaiting) => () => (part("spinner").hidden = !isWaiting);
    video.addEventListener("waiting", show(true));
    for (const name of ["playing", "pause", "seeked", "canplay", "error"]) {
      video.addEventListener(name, show(false));
    }
  }
}
