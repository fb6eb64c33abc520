// What every page has: light or dark, "/" for the search box, a still or a sound dropped anywhere to be searched for.
import { element, line, send, timecode, typing } from "./api.js";

const root = document.documentElement;
document.getElementById("theme").addEventListener("click", () => {
  const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = dark ? "light" : "dark";
  try { localStorage.setItem("theme", root.dataset.theme); } catch { /* not kept */ }
  dispatchEvent(new Event("themechange"));
});
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => dispatchEvent(new Event("themechange")));

addEventListener("keydown", (event) => {
  if (event.key === "/" && !typing(event.target) && !event.ctrlKey && !event.metaKey) {
    event.preventDefault();
    document.getElementById("q").focus();
  }
});
// Escape empties the box, and from an empty one gives the keys back to the page.
document.getElementById("q").addEventListener("keydown", (event) => { if (event.key === "Escape" && !event.target.value) event.target.blur(); });

const found = document.getElementById("found");
const LARGEST = 64 * 2 ** 20;

async function search(file) {
  const kind = file.type.startsWith("audio/") ? "sound" : "still";
  const head = element("div", { className: "found-head" }, element("h2", { textContent: `Searching for ${file.name || "what was dropped"}…` }));
  const close = element("button", { type: "button", className: "plain", textContent: "close" });
  close.addEventListener("click", () => { found.hidden = true; });
  head.append(close);
  found.replaceChildren(head);
  found.hidden = false;
  found.scrollIntoView({ block: "nearest" });
  const say = (text) => found.append(element("p", { className: "lead", textContent: text }));
  if (file.size > LARGEST) return say(`${file.name} is too large: at most ${Math.round(LARGEST / 1e6)} MB can be searched for.`);
  try {
    const told = await send("POST", `/search/${kind}`, file, { raw: true });
    head.querySelector("h2").textContent = told.title;
    if (!told.matches.length) return say(told.why || "It is in no film of the library.");
    const list = element("ol", { className: "matches" });
    for (const match of told.matches) {
      const link = element("a", { href: `/films/${match.edition}#t=${match.time}` });
      const image = element("img", { src: `/films/${match.edition}/near?t=${match.time}`, alt: "", width: 160, height: 90 });
      const text = element("span", {}, element("b", { textContent: match.film }), ` ${timecode(match.time, 1)} `,
        element("span", { className: "soft", textContent: match.share }), element("br"), match.about);
      link.append(image, text);
      list.append(element("li", {}, link));
    }
    found.append(list);
  } catch (error) {
    say(line(error));
  }
  return undefined;
}

document.getElementById("bring").addEventListener("change", (event) => {
  if (event.target.files[0]) search(event.target.files[0]);
  event.target.value = "";
});
let within = 0;
const carries = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");
addEventListener("dragenter", (event) => { if (carries(event) && ++within) document.body.classList.add("dropping"); });
addEventListener("dragleave", (event) => { if (carries(event) && --within <= 0) { within = 0; document.body.classList.remove("dropping"); } });
addEventListener("dragover", (event) => { if (carries(event)) event.preventDefault(); });
addEventListener("drop", (event) => {
  within = 0;
  document.body.classList.remove("dropping");
  if (!event.dataTransfer?.files.length) return;
  event.preventDefault();
  search(event.dataTransfer.files[0]);
});
