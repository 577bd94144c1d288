// The parts of the map travel while Streamlit starts instead of after it: the map's frame then
// finds them in the browser's cache. Which they are stands on the script's own tag.
(() => {
  "use strict";
  const parts = document.currentScript.dataset.parts.split(" ");
  const page = location.pathname.replace(/\/$/, "").split("/").pop();
  if (!["", "map", "my-grid", "inspect"].includes(page)) return;
  for (const part of parts) {
    fetch(part, { credentials: "same-origin" }).catch(() => {});
  }
})();
