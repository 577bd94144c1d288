// Long texts are sent a moment after the last key, and every field when the page is left: Streamlit
// sends them when the cursor leaves, which a reload or a lost connection comes before.
"use strict";
(() => {
  const REST = 1_000; // ms without a key
  let waiting;

  // Streamlit listens for the cursor to leave; it stays where it is.
  const send = (field) => field.dispatchEvent(new FocusEvent("focusout", { bubbles: true }));

  function typed(event) {
    const field = event.target;
    if (!(field instanceof HTMLTextAreaElement) || !field.closest(".stTextArea") || event.isComposing) return;
    clearTimeout(waiting);
    waiting = setTimeout(() => field.isConnected && send(field), REST);
  }

  addEventListener("input", typed, true);
  addEventListener("compositionend", typed, true);
  addEventListener("beforeunload", () => {
    const field = document.activeElement;
    if (field instanceof HTMLTextAreaElement || field instanceof HTMLInputElement) send(field);
  });
})();
