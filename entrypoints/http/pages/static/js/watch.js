// The watch page: the player where the video plays, else the card that says how far it is.
import { WATCHABLE, follow } from "./processing.js";
import { enhancePlayer } from "./player.js";

const player = document.querySelector("[data-player]");
if (player) enhancePlayer(player);

const card = document.querySelector("[data-processing]");
if (card && card.dataset.state !== "failed") {
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
