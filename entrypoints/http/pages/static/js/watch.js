// The watch page: the player where the video plays, else the card that says how far it is.
import { SETTLED, WATCHABLE, follow } from "./processing.js";
import { Heartbeats } from "./heartbeats.js";
import { enhancePlayer, updatePlayer } from "./player/player.js";
import { seekByTimeCodes } from "./time-codes.js";

const PATIENT = 3000;

function showPlayer(box) {
  const shown = JSON.parse(document.getElementById("video").textContent);
  const player = enhancePlayer(box, shown, Number(box.dataset.start ?? 0));
  new Heartbeats(player);
  seekByTimeCodes(player);
  if (SETTLED.has(shown.state)) return;
  follow(shown.id, (video) => {
    updatePlayer(player, video);
    return true;
  }, PATIENT);
}

function followCard(card) {
  card.querySelector("[data-refresh]").hidden = true;
  follow(card.dataset.processing, (video) => {
    const { state } = video.processing;
    if (state === card.dataset.state) return true;
    // The server has the words for every state, and the player.
    if (WATCHABLE.has(state) || state === "failed") {
      location.reload();
      return false;
    }
    return true;
  });
}

const box = document.querySelector("[data-player]");
if (box) showPlayer(box);

const card = document.querySelector("[data-processing]");
if (card && card.dataset.state !== "failed") followCard(card);
