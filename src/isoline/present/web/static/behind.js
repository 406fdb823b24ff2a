// The recipes beside the target that the verdict is read at, as present/behind.py lays them side by side.
import { selectedTarget } from "./sentences.js";
import { NONE, interactivity, join } from "./words.js";

// {title, rows: [{name, sides, same, strong}], note}; no title and no rows where nothing is known beside any target.
export function behind({ behind: words, sides }, targets) {
  const target = selectedTarget(targets);
  if (!target) return { title: "", rows: [], note: "" };
  const near = target.readings.map((r) => r.near.map((knot) => knot.facts));
  const rows = [];
  words.fields.forEach((name, place) => {
    const each = words.each.includes(name);
    const texts = near.map((points) => told(points.map((facts) => facts[place]), each, words.nowhere));
    const unknown = (text) => text === NONE || text === words.nowhere;
    if (place && texts.every(unknown)) return;
    const [a, b] = texts;
    const strong = a !== b && !each && name !== words.compared && !texts.some(unknown);
    rows.push({ name, sides: texts, same: a === b, strong });
  });
  const title = `Recipes beside ${interactivity(target.interactivity)} tok/s/user`;
  return { title, rows, note: note(words.unsaid, sides, target.readings) };
}

function told(texts, each, nowhere) {
  if (!texts.length) return nowhere;
  return (each && texts.some((text) => text !== NONE) ? texts : [...new Set(texts)]).join(" · ");
}

function note(unsaid, sides, readings) {
  const printed = (r) => r.near.some((knot) => knot.status === "published");
  const silent = sides.filter((_, i) => printed(readings[i])).map((side) => side.label);
  if (!silent.length) return "";
  if (silent.length === sides.length) return unsaid;
  return `${join(silent)}: ${unsaid[0].toLowerCase()}${unsaid.slice(1)}`;
}
