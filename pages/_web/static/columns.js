// Columns of the table of a ledger that are drawn wider, narrower, elsewhere or away are kept for
// whoever did so (pages/_web/own_columns.py): Streamlit tells its server nothing of it.
"use strict";
(() => {
  const REST = 400; // ms after which the grid has settled
  const seen = new WeakMap(); // a table's canvas → its columns as they were kept last
  let waiting = 0;

  function now() {
    const grid = grids.of(document.querySelector(`${grids.LIST} ${grids.TABLE}`));
    if (!grid) return null;
    const keys = grids.keysOf(grid);
    const columns = new Map(keys.map((key, at) => [key, grid.props.columns[at].width]));
    return { canvas: grid.canvas, columns, order: [...columns.keys()].join() };
  }

  function begin() {
    const found = now();
    if (found && !seen.has(found.canvas)) seen.set(found.canvas, found);
  }

  function keep() {
    const found = now();
    const before = found && seen.get(found.canvas);
    if (!before) return;
    const drawn = [...found.columns].filter(([key, wide]) => key && wide !== before.columns.get(key) && before.columns.has(key));
    const changes = {
      ...(drawn.length && { widths: drawn.map(([key, wide]) => `${key}:${Math.round(wide)}`).join() }),
      ...(found.order !== before.order && { shown: found.order }),
    };
    if (!Object.keys(changes).length) return;
    seen.set(found.canvas, found);
    const csrf = document.querySelector(".find-open")?.dataset.token ?? "";
    const ledger = location.pathname.split("/").pop();
    const body = new URLSearchParams({ csrf, ledger, ...changes });
    // What cannot be kept stays as it is until the page is left.
    fetch("/columns", { method: "POST", body, credentials: "same-origin", keepalive: true }).catch(() => {});
  }

  // Drawn by the mouse or a finger; the menu of a column stands outside the table.
  addEventListener("pointerdown", (event) => { if (event.target?.closest?.(grids.TABLE)) begin(); }, true);
  for (const name of ["pointerup", "keyup"]) {
    addEventListener(name, () => {
      clearTimeout(waiting);
      if (document.querySelector(grids.LIST)) waiting = setTimeout(keep, REST);
    }, true);
  }
})();
