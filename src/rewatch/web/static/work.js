// Work that a page waits for: begun when the page is opened without an answer, told of as it goes on, shown when done.
import { element, follow, line, send } from "./api.js";

export async function work(page, says) {
  if (page.dataset.found) return;
  const box = document.getElementById("work"), text = element("span", { textContent: says });
  box.replaceChildren(text);
  box.hidden = false;
  const failed = (why) => {
    const again = element("button", { type: "button", textContent: "Try again" });
    again.addEventListener("click", () => { page.dataset.job = ""; work(page, says); });
    box.replaceChildren(element("span", { textContent: `${why} ` }), again);
  };
  try {
    const job = page.dataset.job || (await send("POST", page.dataset.begin)).id;
    follow(job, (event) => {
      if (event.state === "waiting") text.textContent = "Another one is being worked on first…";
      else if (event.say) text.textContent = `${says}${event.say[0].toUpperCase()}${event.say.slice(1)} …`;
      if (event.state === "done") location.reload();
      if (["failed", "stopped"].includes(event.state)) failed(event.error || "It was stopped.");
    });
  } catch (error) {
    failed(line(error));
  }
}

const page = document.getElementById("work-page");
if (page) work(page, "Looking for echoes in the other films. ");
