// Light or dark as it was chosen last, before the first paint. A classic script: modules come too late for that.
(() => {
  try {
    const chosen = localStorage.getItem("theme");
    if (chosen === "light" || chosen === "dark") document.documentElement.dataset.theme = chosen;
  } catch { /* no storage: as the system is */ }
})();
