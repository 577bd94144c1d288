// Brings a record into view that was opened below the table (pages/records/ledger/record.py leaves the mark).
"use strict";
(() => {
  const LOW = 0.7; // of the window's height: whatever begins further down was not seen to open
  const seen = new WeakSet();

  new MutationObserver(() => {
    const mark = document.querySelector(".bring-record");
    const record = mark && document.querySelector(".st-key-record");
    if (!record || seen.has(mark)) return;
    seen.add(mark);
    if (record.getBoundingClientRect().top > innerHeight * LOW) record.scrollIntoView({ block: "start" });
  }).observe(document, { childList: true, subtree: true });
})();
