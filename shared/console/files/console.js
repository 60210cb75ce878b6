// What plain HTML cannot do. Everything here is an extra: pages can be read and forms be sent without it.
(() => {
  const root = document.documentElement;

  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-theme-toggle]")) {
      const theme = root.dataset.bsTheme === "dark" ? "light" : "dark";
      root.dataset.bsTheme = theme;
      try { localStorage.setItem("concord-theme", theme); } catch { /* then it lasts as long as the page */ }
      draw();
    }
    const copied = event.target.closest("[data-copy]");
    if (copied) {
      navigator.clipboard.writeText(copied.dataset.copy).then(() => { copied.textContent = "Copied"; });
    }
    if (event.target.closest("[data-tick-all]")) {
      const ticks = [...event.target.form.querySelectorAll("table input[type=checkbox]")];
      const all = ticks.every((tick) => tick.checked);
      ticks.forEach((tick) => { tick.checked = !all; });
    }
    document.querySelectorAll("details.account[open]").forEach((menu) => {
      if (!menu.contains(event.target)) menu.open = false;
    });
  });

  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input, textarea, select, [contenteditable]");
    const search = document.querySelector("[data-search]");
    if (event.key === "/" && !typing && search) {
      event.preventDefault();
      search.focus();
      search.select();
    }
  });

  // Charts: an option of ECharts as data, drawn as SVG, which a strict content policy allows.
  let library = null;
  const load = () => library ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = `${document.body.dataset.ui}/echarts.js`;
    script.onload = resolve;
    script.onerror = reject;
    document.head.append(script);
  });

  async function draw(within = document) {
    const places = [...within.querySelectorAll("[data-chart]")];
    if (!places.length) return;
    await load();
    for (const place of places) {
      const option = JSON.parse(place.dataset.chart);
      option.tooltip = { ...option.tooltip, renderMode: "richText" };
      echarts.getInstanceByDom(place)?.dispose();
      echarts.init(place, root.dataset.bsTheme === "dark" ? "dark" : null, { renderer: "svg" })
        .setOption({ backgroundColor: "transparent", animation: false, ...option });
    }
  }
  addEventListener("resize", () => document.querySelectorAll("[data-chart]").forEach(
    (place) => globalThis.echarts?.getInstanceByDom(place)?.resize()));

  function enhance() {
    document.querySelectorAll("[data-theme-toggle], [data-tick-all]").forEach((button) => { button.hidden = false; });
    draw();
  }
  document.addEventListener("htmx:after:swap", () => enhance());
  enhance();
})();
