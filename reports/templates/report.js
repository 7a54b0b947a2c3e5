"use strict";
// Sorts and filters tables and reads values off charts. The page says everything without it.
(() => {
  const words = document.body.dataset;
  const make = (tag, attributes, text) => {
    const made = Object.assign(document.createElement(tag), attributes);
    if (text) made.textContent = text;
    return made;
  };
  const number = (text) => {
    const found = text.replace(/[\s\u00a0\u2060,]/g, "").replace("\u2212", "-").match(/-?\d+(\.\d+)?/);
    return found ? Number(found[0]) : null;
  };
  const collator = new Intl.Collator(document.documentElement.lang, { numeric: true });

  const tables = (figure) => {
    const table = figure.querySelector("table");
    if (!table) return;
    const body = table.tBodies[0];
    // a row and the row below it that holds its tickets stay together
    const pairs = () => [...body.rows].filter((row) => !row.classList.contains("opened")).map((row) => {
      const next = row.nextElementSibling;
      return next && next.classList.contains("opened") ? [row, next] : [row];
    });
    const all = () => {
      const rest = figure.querySelector("details.rows");
      if (rest) {
        body.append(...rest.querySelector("tbody").rows);
        rest.remove();
      }
    };
    const count = figure.querySelectorAll("tbody > tr:not(.opened)").length;
    if (count < 2) return;
    const heads = [...table.tHead.rows[0].cells];
    const sort = (column) => {
      all();
      const head = heads[column];
      const numeric = head.classList.contains("number");
      const first = numeric ? "descending" : "ascending";
      const second = numeric ? "ascending" : "descending";
      const order = head.getAttribute("aria-sort") === first ? second : first;
      heads.forEach((one) => one.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", order);
      const sign = order === "ascending" ? 1 : -1;
      const keyed = pairs().map((pair) => {
        const text = pair[0].cells[column].textContent.trim();
        return [numeric ? number(text) : text, pair];
      });
      const empty = (key) => key === null || key === "" || key === words.dash;
      keyed.sort(([a], [b]) => {
        if (empty(a) || empty(b)) return empty(a) - empty(b); // what is not known stands last either way
        return sign * (numeric ? a - b : collator.compare(a, b));
      });
      body.append(...keyed.flatMap(([, pair]) => pair));
    };
    heads.forEach((head, column) => {
      const button = make("button", { type: "button", className: "sort" });
      button.append(...head.childNodes);
      button.addEventListener("click", () => sort(column));
      head.append(button);
    });
    if (count <= 8) return;
    const said = make("output", { className: "note" });
    const search = make("input", { type: "search", placeholder: words.filter });
    search.setAttribute("aria-label", `${words.filter}: ${table.caption.textContent}`);
    search.addEventListener("input", () => {
      all();
      const sought = search.value.trim().toLocaleLowerCase();
      let shown = 0;
      for (const pair of pairs()) {
        const hit = pair.some((row) => row.textContent.toLocaleLowerCase().includes(sought));
        pair.forEach((row) => { row.hidden = !hit; });
        shown += hit;
      }
      said.textContent = sought ? words.shown.replace("{shown}", shown).replace("{all}", count) : "";
    });
    const bar = make("p", { className: "filter" });
    bar.append(search, said);
    table.parentElement.before(bar);
  };

  const chart = (panel) => {
    const svg = panel.querySelector("svg[role=img]");
    const figure = panel.closest("figure");
    const table = (panel.matches("figure") ? panel : figure).querySelector("details.values table");
    const line = svg && svg.querySelector("line[x2]");
    if (!table || !line) return;
    const rows = [...table.tBodies[0].rows];
    const heads = [...table.tHead.rows[0].cells];
    const columns = panel.dataset.column ? [Number(panel.dataset.column)] : heads.slice(1).map((_, n) => n + 1);
    const shift = svg.querySelector("g[transform]").getAttribute("transform").match(/[\d.]+/);
    const left = Number(shift[0]) + 0.5;
    const width = Number(line.getAttribute("x2"));
    const mark = document.createElementNS("http://www.w3.org/2000/svg", "line");
    mark.setAttribute("class", "mark");
    mark.setAttribute("y1", "0");
    mark.setAttribute("y2", svg.viewBox.baseVal.height);
    const said = make("output", { className: "at" });
    svg.after(said);
    let place = rows.length - 1;
    const show = (n) => {
      place = Math.min(rows.length - 1, Math.max(0, n));
      const x = left + (rows.length > 1 ? (width * place) / (rows.length - 1) : width / 2);
      mark.setAttribute("x1", x);
      mark.setAttribute("x2", x);
      if (!mark.isConnected) svg.append(mark);
      const cells = rows[place].cells;
      const values = columns.map((n) =>
        (columns.length > 1 ? `${heads[n].textContent} ` : "") + cells[n].textContent.trim());
      said.textContent = `${cells[0].textContent.trim()}: ${values.join(", ")}`;
    };
    const hide = () => {
      mark.remove();
      said.textContent = "";
    };
    svg.addEventListener("pointermove", (event) => {
      const box = svg.getBoundingClientRect();
      const x = ((event.clientX - box.left) / box.width) * svg.viewBox.baseVal.width;
      show(Math.round(((x - left) / width) * (rows.length - 1)));
    });
    svg.addEventListener("pointerleave", hide);
    const keyboard = make("div", { className: "keys", tabIndex: 0 });
    keyboard.setAttribute("role", "group");
    keyboard.setAttribute("aria-label", `${svg.getAttribute("aria-label")}. ${words.keys}`);
    svg.before(keyboard);
    keyboard.append(svg, said);
    keyboard.addEventListener("focus", () => show(place));
    keyboard.addEventListener("blur", hide);
    keyboard.addEventListener("keydown", (event) => {
      const to = { ArrowLeft: place - 1, ArrowRight: place + 1, Home: 0, End: rows.length - 1 }[event.key];
      if (to === undefined) return;
      event.preventDefault();
      show(to);
    });
  };

  document.querySelectorAll("figure.table").forEach(tables);
  document.querySelectorAll(".panel").forEach(chart);
})();
