// The library's page: add a film by its path, and look on while it is watched.
import { element, follow, line, send, timecode } from "./api.js";

const form = document.getElementById("add"), list = document.getElementById("jobs"), complaint = document.getElementById("add-error");

function show(job) {
  if (document.getElementById(`job-${job.id}`)) return;
  const name = element("b", { textContent: job.name ?? job.about.split("/").pop() });
  const says = element("span", { className: "soft small" });
  // Told aloud is where it stands, not every second that it gets on.
  const aloud = element("span", { className: "unseen" });
  aloud.setAttribute("role", "status");
  let stood = "";
  const link = element("a", { textContent: "open it already", hidden: true });
  const stop = element("button", { type: "button", className: "plain small", textContent: "stop" });
  const bar = element("progress", { max: 1, value: 0 });
  bar.setAttribute("aria-label", `How far ${job.about} is watched`);
  const item = element("li", { className: "job", id: `job-${job.id}` },
    element("div", { className: "job-head" }, name, says, aloud, element("span", { className: "stretch" }), link, stop), bar);
  list.prepend(item);
  stop.addEventListener("click", () => send("DELETE", `/jobs/${job.id}`).catch(() => {}));
  follow(job.id, (event) => {
    if (event.name) name.textContent = event.name;
    if (event.of) bar.value = event.at / event.of;
    says.textContent = { waiting: "waits for its turn", running: event.of ? `${timecode(event.at, 0)} of ${timecode(event.of, 0)}` : (event.say ?? "begins"),
      stopped: "stopped; what was charted is kept", failed: event.error, done: "watched" }[event.state] ?? "";
    if (event.state !== stood) { stood = event.state; aloud.textContent = `${name.textContent}: ${{ running: "being watched" }[stood] ?? says.textContent}`; }
    if (event.film && event.state !== "failed") { link.href = `/films/${event.film}`; link.hidden = !event.of && event.state !== "done"; }
    if (event.state === "failed") says.className = "complaint";
    if (["done", "failed", "stopped"].includes(event.state)) { stop.remove(); bar.remove(); }
    if (event.state === "done") { link.textContent = "open it"; refresh(); }
  });
}

async function refresh() {
  const answer = await fetch("/", { headers: { accept: "text/html" } }).catch(() => null);
  if (!answer?.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const id of ["shelf", "how-many"]) document.getElementById(id).replaceWith(page.getElementById(id));
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  complaint.hidden = true;
  try {
    show(await send("POST", "/watch", { path: form.path.value }));
    form.reset();
  } catch (error) {
    complaint.textContent = line(error);
    complaint.hidden = false;
  }
});
for (const job of JSON.parse(list.dataset.jobs)) show(job);
