// A minute's part of the score, at rest.
import { element } from "./api.js";
import { hover } from "./pointer.js";
import { Score } from "./score.js";

const article = document.getElementById("film");
const film = JSON.parse(article.dataset.film);
const begin = Number(article.dataset.begin), end = Number(article.dataset.end);
const score = new Score({ ...film, stills: false }, document.getElementById("canvases"), { interactive: false, notes: false });
score.show(begin, end);
hover(score, document.getElementById("hover"));
document.getElementById("canvases").addEventListener("click", (event) => {
  const rect = score.box.getBoundingClientRect();
  location.href = `/films/${film.id}#t=${score.seconds(event.clientX - rect.left).toFixed(2)}&z=${begin}-${end}`;
});
const gutter = document.getElementById("gutter");
gutter.replaceChildren(...score.rows.filter((row) => row.title).map((row) => {
  const label = element("a", { href: `/films/${film.id}/explain/${row.figure}`, textContent: row.title });
  label.style.top = `${row.top + (innerWidth > 832 ? row.height / 2 : 0)}px`;
  return label;
}));
addEventListener("keydown", (event) => {
  if (event.target.closest?.("input, textarea") || event.ctrlKey || event.metaKey) return;
  const way = { ArrowLeft: "prev", ArrowRight: "next" }[event.key];
  const link = way && document.querySelector(`a[rel="${way}"]`);
  if (link) link.click();
});
// What other films have of it takes a search: it comes when the rest is there.
const elsewhere = document.getElementById("elsewhere");
fetch(elsewhere.dataset.of, { headers: { accept: "text/html" } }).then(async (answer) => {
  if (answer.ok) elsewhere.innerHTML = await answer.text();  // our own template, in which everything is escaped
}).catch(() => { /* the page stands without it */ });
window.rewatch = { film, score };
