// The parts of the map travel while Streamlit starts instead of after it: the map's frame then
// finds them in the browser's cache. Which they are stands on the script's own tag.
(() => {
  "use strict";
  const parts = document.currentScript.dataset.parts.split(" ");
  const page = location.pathname.replace(/\/$/, "").split("/").pop();
  if (!["", "map", "my-grid", "inspect"].includes(page)) return;
  for (const part of parts) {
    // Read to the end: an answer left unread holds the cache entry, and the frame would wait for it.
    fetch(part, { credentials: "same-origin" })
      .then((answer) => answer.arrayBuffer())
      .catch(() => {});
  }
})();
