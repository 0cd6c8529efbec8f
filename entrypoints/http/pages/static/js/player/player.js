// Our own controls around a <video>, which plays without them too.
import { Captions } from "./captions.js";
import { Keys } from "./keys.js";
import { joinMediaSession } from "./media-session.js";
import { offerMore } from "./more.js";
import { Playing } from "./playing.js";
import { Presence } from "./presence.js";
import { reportProblems } from "./problems.js";
import { Quality } from "./quality.js";
import { resume } from "./resume.js";
import { SeekBar } from "./seek-bar.js";
import { Sources } from "./sources.js";
import { Views } from "./views.js";

const SAID_FOR = 1500;

/** Put the controls in place. `shown` is the video as the page knows it. */
export function enhancePlayer(box, shown, start) {
  const video = box.querySelector("video");
  const part = (name) => box.querySelector(`[data-${name}]`);
  const player = { box, video, part, shown, start, say: sayer(part("said")) };
  reveal(player);
  player.sources = new Sources(player, () => player.quality?.show());
  resume(player);
  player.seekBar = new SeekBar(player);
  player.playing = new Playing(player);
  player.captions = new Captions(player);
  player.quality = new Quality(player);
  player.views = new Views(player);
  player.presence = new Presence(player);
  player.keys = new Keys(player);
  offerMore(player);
  joinMediaSession(player);
  player.sources.start();
  reportProblems(player);
  return player;
}

/** Take over what processing has made since. */
export function updatePlayer(player, { playback, processing }) {
  player.sources.update(playback, processing.renditions);
  player.seekBar.update(playback);
  player.captions.update(playback);
}

function reveal({ box, video, part }) {
  video.controls = false;
  box.style.setProperty("--ratio", `${video.width} / ${video.height}`);
  part("controls").hidden = false;
  part("surface").hidden = false;
  box.classList.add("player--own");
}

function sayer(line) {
  let timer;
  return (text) => {
    line.textContent = text;
    clearTimeout(timer);
    timer = setTimeout(() => (line.textContent = ""), SAID_FOR);
  };
}
