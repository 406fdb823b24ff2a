// What the pages do with JavaScript; without it every form and link works as well.
import { start } from "./controls.js";
import { startCopy } from "./copy.js";
import { filterPairs } from "./pairs.js";

const find = document.getElementById("find");
if (find) filterPairs(find);
if (document.getElementById("chart")) {
  start();
  startCopy();
}
