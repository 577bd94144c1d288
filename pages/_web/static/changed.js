// Cells of the table of a ledger that differ from what is stored, tinted. The grid takes no colour for
// a cell that is typed in, so marks lie over its canvas, which nothing can touch, and follow it.
"use strict";
(() => {
  const MARK = ".list-row"; // which cells: pages/records/ledger/cursor.py
  const REST = 250; // ms after which the grid has drawn what it was told
  const WAIT = 100, TRIES = 100; // ms and times: the grid comes after what is said of it
  let layer = null, drawn = "", planned = 0, until = 0, tries = 0;
  const resized = new ResizeObserver(plan);

  const wanted = () => document.querySelector(`${grids.LIST} ${MARK}`)?.dataset.changed ?? "";

  // The grid draws some frames after it is scrolled or drawn: the marks are placed in each of them.
  function plan() {
    until = performance.now() + REST;
    planned ||= requestAnimationFrame(draw);
  }

  function laid(table) {
    if (layer?.parentElement === table) return;
    resized.disconnect();
    layer?.remove();
    layer = Object.assign(document.createElement("div"), { className: "cells-changed" });
    layer.setAttribute("aria-hidden", "true"); // the line above the table says them in words
    table.append(layer);
    resized.observe(table);
  }

  function draw() {
    planned = performance.now() < until ? requestAnimationFrame(draw) : 0;
    if (wanted() !== drawn) [drawn, tries] = [wanted(), 0];
    const table = drawn && document.querySelector(`${grids.LIST} ${grids.TABLE}`);
    const grid = table && grids.of(table);
    if (!grid) {
      layer?.remove();
      layer = null;
      if (drawn && tries++ < TRIES) setTimeout(plan, WAIT);
      return;
    }
    tries = 0;
    laid(table);
    const styles = marks(grid, JSON.parse(drawn));
    while (layer.children.length > styles.length) layer.lastChild.remove();
    while (layer.children.length < styles.length) layer.append(Object.assign(document.createElement("i"), { className: "cell-changed" }));
    styles.forEach((style, at) => Object.assign(layer.children[at].style, style));
  }

  // Where a mark lies for each changed cell, as far as it is seen: below the head, beside the columns that stay.
  function marks(grid, changed) {
    const { props, handle, canvas } = grid;
    const keys = grids.keysOf(grid), numbers = keys.indexOf("number"), fixed = props.freezeColumns ?? 0;
    const seen = canvas.getBoundingClientRect(), origin = layer.getBoundingClientRect();
    const last = fixed && handle.getBounds(fixed - 1, 0);
    const found = [];
    for (let row = 0; row < props.rows; row += 1) {
      for (const key of changed[grids.textOf(props.getCellContent([numbers, row]))] ?? []) {
        const col = keys.indexOf(key);
        const cell = col < 0 ? null : handle.getBounds(col, row);
        if (!cell) continue;
        const left = Math.max(cell.x, last && col >= fixed ? last.x + last.width : seen.left);
        const top = Math.max(cell.y, seen.top + props.headerHeight);
        const width = Math.min(cell.x + cell.width, seen.right) - left;
        const height = Math.min(cell.y + cell.height, seen.bottom) - top;
        if (width < 2 || height < 2) continue;
        found.push({ left: `${left - origin.left}px`, top: `${top - origin.top}px`, width: `${width}px`, height: `${height}px` });
      }
    }
    return found;
  }

  new MutationObserver(() => {
    if (wanted() !== drawn || (layer && !layer.isConnected)) plan();
  }).observe(document, { childList: true, subtree: true });
  addEventListener("scroll", () => { if (layer) plan(); }, { capture: true, passive: true });
  // A column is drawn, or the rows are sorted.
  addEventListener("pointermove", (event) => { if (layer && event.buttons) plan(); }, { capture: true, passive: true });
  addEventListener("pointerup", () => { if (layer) plan(); }, { capture: true, passive: true });
})();
