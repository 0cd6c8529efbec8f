// The last picture, while another source loads: nothing flashes.

export class Still {
  #video;
  #canvas;

  constructor(video, canvas) {
    this.#video = video;
    this.#canvas = canvas;
    for (const name of ["canplay", "error"]) {
      video.addEventListener(name, () => (canvas.hidden = true));
    }
  }

  show() {
    const { videoWidth: width, videoHeight: height, readyState } = this.#video;
    // Before the first moment the poster is on the screen, not a picture of the video.
    const isSeen = this.#video.played.length > 0 || this.#video.currentTime > 0;
    if (!isSeen || readyState < HTMLMediaElement.HAVE_CURRENT_DATA) return;
    Object.assign(this.#canvas, { width, height });
    this.#canvas.getContext("2d").drawImage(this.#video, 0, 0, width, height);
    this.#canvas.hidden = false;
  }
}
