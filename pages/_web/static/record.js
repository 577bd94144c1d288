// Puts the cursor where an opened record wants it, and its line of the list beside it into view
// (pages/records/ledger/record.py leaves the mark).
"use strict";
(() => {
  const FIELDS = "input, textarea, [role='radio'], button";
  const TRIES = 20; // of 50 ms each: a field may be drawn a moment after its mark
  const SETTLED = 200; // ms until the list has its height
  const SELECTED = 60; // ms until the field has drawn that it is edited
  const seen = new WeakSet();
  let listed;

  function focus(key, tries) {
    const field = document.querySelector(`.st-key-${CSS.escape(key)}`)?.querySelector(FIELDS);
    if (!field) {
      if (tries) setTimeout(() => focus(key, tries - 1), 50);
      return;
    }
    field.scrollIntoView({ block: "center" });
    field.focus({ preventScroll: true });
    const there = field.value;
    setTimeout(() => field.value === there && field.select?.(), SELECTED); // not what was typed meanwhile
  }

  function show() {
    document.querySelector(".st-key-beside-list input:checked")?.closest("label")?.scrollIntoView({ block: "nearest" });
  }

  new MutationObserver(() => {
    const mark = document.querySelector(".record-opened");
    if (!mark || seen.has(mark)) return;
    seen.add(mark);
    // What scrolls can be reached and scrolled by the keyboard, also where nothing in it can be.
    document.querySelectorAll(".st-key-record-body, .st-key-beside-list").forEach((part) => { part.tabIndex = 0; });
    if (mark.dataset.field) focus(mark.dataset.field, TRIES);
    if (mark.dataset.record === listed) return;
    listed = mark.dataset.record;
    setTimeout(show, SETTLED);
  }).observe(document, { childList: true, subtree: true });
})();
