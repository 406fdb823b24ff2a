// The table of pairs: keeps the rows that hold every word typed, and says so where none does.
export function filterPairs(form) {
  const rows = [...document.querySelectorAll("tr[data-words]")];
  const filter = () => {
    const words = form.elements.q.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const row of rows) {
      row.hidden = !words.every((word) => row.dataset.words.includes(word));
      shown += !row.hidden;
    }
    document.getElementById("shown").textContent = shown;
    document.getElementById("none").textContent = shown ? "" : `No comparison matches “${form.elements.q.value.trim()}”.`;
    document.getElementById("pairs").hidden = !shown;
  };
  form.elements.q.addEventListener("input", filter);
  addEventListener("pageshow", filter); // back to what was typed
}
