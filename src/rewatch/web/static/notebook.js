// The log of viewings: enter one, take one out, and bring it back; and others of what was not noticed yet.
import { line, send, toast } from "./api.js";

const form = document.getElementById("view-form"), complaint = document.getElementById("view-error");
form?.addEventListener("submit", async (event) => {
  event.preventDefault();
  const given = new FormData(form);
  try {
    await send("POST", `/films/${given.get("film")}/viewings`, {
      day: given.get("day"),
      company: given.get("company").split(",").filter((name) => name.trim()),
      rating: given.get("rating") ? Number(given.get("rating")) : null,
      text: given.get("text"),
    });
    location.reload();
  } catch (error) {
    complaint.textContent = `${line(error)} Your text is still here.`;
    complaint.hidden = false;
  }
});
document.addEventListener("click", async (event) => {
  const others = event.target.closest?.("[data-others]");
  if (others) {
    try { await send("POST", `/films/${others.dataset.others}/unnoticed`); location.reload(); } catch (error) { toast(line(error)); }
    return;
  }
  const button = event.target.closest?.("[data-unlog]");
  if (!button) return;
  try {
    await send("DELETE", `/viewings/${button.dataset.unlog}`);
    button.closest(".note").hidden = true;
    toast("Taken out of the log.", "Undo", async () => { await send("POST", "/viewings/undo"); location.reload(); });
  } catch (error) {
    toast(line(error));
  }
});
