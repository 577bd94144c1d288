// The tables that Streamlit draws on a canvas (glide-data-grid), for what it has no way of its own:
// their cells are asked for here, and what is chosen in them is heard from the keyboard.
"use strict";
const grids = (() => {
  const TABLE = '[data-testid="stDataFrame"]', LIST = ".st-key-ledgertable"; // that of a ledger
  const BUTTON = "button-cell";
  const COLUMN = /^_column-(.+)-\d+$/; // how Streamlit names a column of the grid

  // What React draws a part with now: it keeps two trees in turn, and a part may know the older one.
  function drawn(part, wanted) {
    const key = Object.keys(part ?? {}).find((name) => name.startsWith("__reactFiber$"));
    const above = [];
    for (let one = part?.[key]; one; one = one.return) above.push(one);
    let now = above.pop()?.stateNode?.current;
    while (now && above.length && !wanted(now)) {
      const next = above.pop();
      now = now.child;
      while (now && now !== next && now !== next.alternate) now = now.sibling;
    }
    return now && wanted(now) ? now : null;
  }

  // The settings that Streamlit gives its grid, and the grid's handle; null where there is none.
  function of(place) {
    const canvas = place?.closest?.(TABLE)?.querySelector('[data-testid="data-grid-canvas"]');
    const found = canvas && drawn(canvas, (one) => one.memoizedProps?.onGridSelectionChange && one.ref?.current?.getBounds);
    return found ? { canvas, props: found.memoizedProps, handle: found.ref.current } : null;
  }

  // The keys of the columns as they stand; empty for those that are none of a ledger's.
  const keysOf = (grid) => grid.props.columns.map((one) => COLUMN.exec(one.id)?.[1] ?? "");

  // A cell as it is shown; several words, as of a label, one after another.
  function textOf(cell) {
    const inside = cell?.data;
    const said = cell?.displayData ?? inside?.displayDate ?? inside?.values ?? inside?.value ?? inside?.data ?? inside;
    if (Array.isArray(said)) return said.join("、");
    return typeof said === "string" || typeof said === "number" ? String(said) : "";
  }

  // The cell that the keyboard is at, from the table that the grid keeps for screen readers.
  function chosen(grid) {
    const at = grid.props.gridSelection?.current?.cell;
    return at ? { at, cell: grid.props.getCellContent(at) } : null;
  }

  // The grid chooses its first cell when it is entered; ours is chosen once that is done.
  function choose(grid, col, row) {
    listen(grid);
    grid.canvas.focus({ preventScroll: true });
    requestAnimationFrame(() => {
      const now = of(grid.canvas);
      if (!now) return;
      const range = { x: col, y: row, width: 1, height: 1 };
      now.props.onGridSelectionChange({ ...now.props.gridSelection, current: { cell: [col, row], range, rangeStack: [] } });
      now.handle.scrollTo(col, row);
    });
  }

  // Streamlit hears what is chosen only while it takes the mouse to be over the table.
  const listen = (grid) => grid.props.onMouseMove?.({ kind: "cell" });

  function press(grid, row) {
    const col = grid.props.columns.findIndex((_, at) => grid.props.getCellContent([at, row])?.data?.kind === BUTTON);
    if (col < 0) return false;
    const { width, height } = grid.handle.getBounds(col, row) ?? { width: 70, height: 44 };
    grid.props.onCellClicked([col, row], {
      kind: "cell", location: [col, row], bounds: { x: 0, y: 0, width, height },
      localEventX: width / 2, localEventY: height / 2, preventDefault() {},
    });
    return true;
  }

  // Enter opens the record of a row from a cell that is not typed in, Alt+Enter from any.
  function opens(event, grid) {
    if (event.key !== "Enter" || event.ctrlKey || event.metaKey || event.shiftKey) return false;
    const now = chosen(grid);
    const still = now?.cell.readonly === true || now?.cell.data?.kind === BUTTON;
    return Boolean(now) && (event.altKey || still) && press(grid, now.at[1]);
  }

  addEventListener("keydown", (event) => {
    const grid = event.isComposing ? null : of(event.target);
    if (!grid) return;
    listen(grid);
    if (!opens(event, grid)) return;
    event.preventDefault();
    event.stopPropagation();
  }, true);

  addEventListener("focusin", (event) => {
    const grid = of(event.target);
    if (grid) listen(grid);
  });

  // Whether a key that writes would change the cell that the keyboard is at.
  function typedIn(place) {
    const grid = of(place);
    const now = grid && chosen(grid);
    return Boolean(now) && now.cell.readonly === false;
  }

  return Object.freeze({ TABLE, LIST, of, keysOf, textOf, chosen, choose, typedIn });
})();
