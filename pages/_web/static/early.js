// The parts of the map travel while Streamlit starts instead of after it: the map's frame then
// finds them in the browser's cache. Which they are stands on the script's own tag.
(() => {
  "use strict";
  const { parts, chunks } = document.currentScript.dataset;
  const page = location.pathname.replace(/\/$/, "").split("/").pop();
  if (!["", "map", "my-grid", "inspect"].includes(page)) return;
  for (const chunk of chunks.split(" ").filter(Boolean)) {
    document.head.append(Object.assign(document.createElement("link"), { rel: "modulepreload", href: chunk }));
  }
  for (const part of parts.split(" ")) {
    // Read to the end: an answer left unread holds the cache entry, and the frame would wait for it.
    fetch(part, { credentials: "same-origin" })
      .then((answer) => answer.arrayBuffer())
      .catch(() => {});
  }
})();
