// What every page gets. Texts come from the page, never from here.
import "./local-time.js";
import { closeMenus } from "./menu.js";
import { loadMoreInPlace } from "./load-more.js";
import { suggestSearches } from "./suggestions.js";

closeMenus();
loadMoreInPlace();
suggestSearches();
