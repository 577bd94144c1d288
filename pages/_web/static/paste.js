// A block pasted into the table of a ledger: the grid would pass over what its cells cannot hold, so
// the texts go to the server as they were pasted (pages/records/ledger/pasting.py), which reads them.
"use strict";
(() => {
  const RELAY = '[class*="st-key-pasted-"] textarea';
  const write = Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, "value").set;

  // Rows and cells of a text with tabs, as spreadsheets copy it: a cell with a line break is quoted.
  function block(text) {
    const rows = [[]];
    for (const [, quoted, plain, end] of text.replace(/\r\n?/g, "\n").matchAll(/(?:"((?:[^"]|"")*)"(?=[\t\n]|$)|([^\t\n]*))([\t\n]|$)/g)) {
      rows.at(-1).push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
      if (end === "\n") rows.push([]);
      else if (end === "") break;
    }
    // A spreadsheet ends the last row with a line break too.
    if (rows.length > 1 && rows.at(-1).join("") === "") rows.pop();
    return rows;
  }

  function placed(grid, rows) {
    const { range } = grid.props.gridSelection.current;
    const keys = grids.keysOf(grid);
    const numbers = keys.indexOf("number");
    // One cell fills all that are chosen, as in a spreadsheet.
    const alone = rows.length === 1 && rows[0].length === 1;
    const high = alone ? range.height : rows.length;
    const cells = [];
    let beyond = 0;
    for (let down = 0; down < high; down += 1) {
      const row = rows[alone ? 0 : down];
      const wide = alone ? range.width : row.length;
      for (let right = 0; right < wide; right += 1) {
        const text = row[alone ? 0 : right], key = keys[range.x + right];
        if (range.y + down >= grid.props.rows || key === undefined) beyond += text.trim() !== "";
        else cells.push([grids.textOf(grid.props.getCellContent([numbers, range.y + down])), key, text]);
      }
    }
    return { cells, beyond };
  }

  addEventListener("paste", (event) => {
    const grid = event.target?.closest?.(grids.LIST) ? grids.of(event.target) : null;
    const relay = document.querySelector(RELAY);
    const text = event.clipboardData?.getData("text/plain");
    if (!grid || !relay || !text || !grid.props.gridSelection?.current) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    write.call(relay, JSON.stringify({ ...placed(grid, block(text)), at: performance.now() }));
    relay.dispatchEvent(new Event("input", { bubbles: true }));
    relay.dispatchEvent(new FocusEvent("focusout", { bubbles: true }));
  }, true);
})();
