// The way through a ledger by the keyboard: / to the search, arrow down into the table, Enter to the
// record (grid.js), Escape back to the row it was opened from. And on every page: what a run of the
// page draws anew keeps the cursor.
"use strict";
(() => {
  const SEARCH = ".st-key-tools .stTextInput input", RECORD = ".st-key-record";
  const WRITTEN = "input, textarea, select, [contenteditable=true], [role='spinbutton']";
  const OPEN = 'dialog[open], [role="dialog"], [role="listbox"], [role="menu"], [data-testid="stPopoverBody"], [role="tooltip"]';
  const DRAWING = '[data-testid="stSkeleton"], [data-testid="stApp"][data-test-script-state="running"]';
  const PATIENCE = 15_000; // ms in which a page is drawn anew
  const REST = 150; // ms after which nothing more is drawn in the place of what is gone
  let byKey = false, left = 0, record, held = null, waiting = 0;

  const seen = (part) => part.checkVisibility?.() ?? true;
  const lost = () => !document.activeElement || document.activeElement === document.body;

  function toSearch() {
    const field = document.querySelector(SEARCH);
    field?.focus();
    field?.select();
    return Boolean(field);
  }

  function toRow(row) {
    const grid = grids.of(document.querySelector(`${grids.LIST} ${grids.TABLE}`));
    if (!grid || row >= grid.props.rows) return false;
    grids.choose(grid, 0, row);
    return true;
  }

  // What is opened by a key has the cursor, unless the key is used again in the list beside it.
  function toRecord() {
    const part = document.querySelector(RECORD);
    if (!part || document.activeElement?.closest?.(".st-key-beside-column") || part.contains(document.activeElement)) return;
    part.tabIndex = -1;
    part.focus({ preventScroll: true });
  }

  function back(field) {
    const way = document.querySelector(".st-key-record-close button");
    if (!way || [...document.querySelectorAll(OPEN)].some(seen)) return false;
    // What is typed is sent first; a second Escape leads back.
    if (field) document.querySelector(RECORD).focus();
    else way.click();
    return true;
  }

  function pressed(event) {
    byKey = true;
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return false;
    const field = event.target.closest?.(WRITTEN);
    if (event.key === "/" && !field && !grids.typedIn(event.target)) return toSearch();
    if (event.key === "ArrowDown" && field?.matches(SEARCH)) return toRow(0);
    if (event.key === "Escape" && !event.target.closest?.("dialog")) return back(field?.closest(RECORD) && field);
    return false;
  }

  addEventListener("keydown", (event) => {
    if (!pressed(event)) return;
    event.preventDefault();
    event.stopPropagation();
  }, true);
  addEventListener("pointerdown", () => { byKey = false; held = null; left = 0; }, true);

  // A widget by its key, of which a part may change with every value: search-4bf5576e, field-46-4-phone.
  const keyOf = (part) => [...part.classList].find((name) => name.startsWith("st-key-"));
  const lasting = (key) => key.replace(/(?<=-)[0-9a-f]{8}(?=-|$)|(?<=-)\d+(?=-|$)/g, "*");

  addEventListener("focusin", (event) => {
    const widget = event.target.closest?.('[class*="st-key-"]');
    const cell = /^glide-cell-(\d+)-(\d+)$/.exec(event.target.id)?.slice(1).map(Number) ?? [0, 0];
    held = widget && { key: lasting(keyOf(widget)), part: event.target, said: event.target.innerText, cell };
  });

  function takeUp() {
    if (!byKey || !held || held.part.isConnected || !lost()) return;
    if (document.querySelector(DRAWING)) { waiting = setTimeout(takeUp, REST); return; }
    const now = [...document.querySelectorAll('[class*="st-key-"]')].find((one) => lasting(keyOf(one)) === held.key);
    const grid = grids.of(now?.querySelector(grids.TABLE));
    if (grid) {
      grids.choose(grid, ...held.cell);
      return;
    }
    const alike = now ? [...now.querySelectorAll(held.part.tagName)].filter(seen) : [];
    const field = alike.find((one) => one.innerText === held.said) ?? alike[0];
    if (field) {
      field.focus();
      if (field.matches("input")) field.setSelectionRange?.(field.value.length, field.value.length);
      return;
    }
    held = null;
    toRecord();
  }

  new MutationObserver(() => {
    const opened = document.querySelector(".record-opened")?.dataset.record;
    if (opened !== record) {
      left = !opened && byKey ? performance.now() : 0;
      record = opened;
      if (opened && byKey) toRecord();
    }
    const mark = left && performance.now() - left < PATIENCE ? document.querySelector(".list-row") : null;
    if (mark && (!mark.dataset.row || toRow(Number(mark.dataset.row)))) left = 0;
    if (!held || held.part.isConnected) return;
    clearTimeout(waiting);
    waiting = setTimeout(takeUp, REST);
  }).observe(document, { childList: true, subtree: true });
})();
