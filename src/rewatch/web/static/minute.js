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
function labels(within) {
  gutter.replaceChildren(...score.rows.filter((row) => row.title).map((row) => {
    const label = element("a", { href: `/films/${film.id}/explain/${row.figure}`, textContent: row.title, className: row.glanced ? "glanced" : "", title: row.glanced ? `From ${row.glanced}` : "" });
    label.style.top = `${row.top + (within ? 0 : row.height / 2)}px`;
    return label;
  }));
}
const narrow = () => innerWidth <= 832;
labels(narrow());
// On paper it is as wide as a page, on white; the tiles are drawn already, so that it can be laid there at once.
const PAGE = 640;
function lay(width, paper, within) {
  score.box.style.width = width;
  score.colours = { ...score.colours, paper };
  score.resize();
  score.compose();
  labels(within);
}
const onScreen = () => getComputedStyle(document.documentElement).getPropertyValue("--paper").trim();
addEventListener("beforeprint", () => lay(`${PAGE}px`, "#fff", true));
addEventListener("afterprint", () => lay("", onScreen(), narrow()));
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
