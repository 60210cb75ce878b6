// Before the first paint: the chosen theme, else what the system prefers.
(() => {
  const preferred = matchMedia("(prefers-color-scheme: dark)");
  const chosen = () => { try { return localStorage.getItem("concord-theme"); } catch { return null; } };
  const apply = () => { document.documentElement.dataset.bsTheme = chosen() || (preferred.matches ? "dark" : "light"); };
  preferred.addEventListener("change", apply);
  apply();
})();
