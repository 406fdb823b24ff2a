// The page of running sweeps: each event is its inside as the server would print it now. Only what differs is
// changed, so that a selection or the focus stays where it is.

function same(now, next) {
  return now.nodeType === next.nodeType && now.nodeName === next.nodeName;
}

function lay(now, next) {
  if (now.nodeType !== Node.ELEMENT_NODE) {
    if (now.nodeValue !== next.nodeValue) now.nodeValue = next.nodeValue;
    return;
  }
  for (const { name } of [...now.attributes]) if (!next.hasAttribute(name)) now.removeAttribute(name);
  for (const { name, value } of next.attributes) {
    if (now.getAttribute(name) !== value) now.setAttribute(name, value);
  }
  layAll(now, next);
}

function layAll(now, next) {
  const wanted = [...next.childNodes];
  wanted.forEach((child, place) => {
    const there = now.childNodes[place];
    if (!there) now.append(child);
    else if (same(there, child)) lay(there, child);
    else there.replaceWith(child);
  });
  while (now.childNodes.length > wanted.length) now.lastChild.remove();
}

const sweeps = document.getElementById("sweeps");
const connection = document.getElementById("connection");
const source = new EventSource(sweeps.dataset.events);
source.addEventListener("message", message => {
  // In an element of its own: a body drops the white space that it begins with, and every child would differ.
  const next = new DOMParser().parseFromString(`<div>${message.data}</div>`, "text/html").body.firstChild;
  layAll(sweeps, next);
  connection.textContent = "";
  sweeps.dataset.seen = Number(sweeps.dataset.seen ?? 0) + 1;
});
source.addEventListener("error", () => {
  connection.textContent = "No connection to isoline serve; trying again …";
});
