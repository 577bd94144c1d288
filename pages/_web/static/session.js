// Leads to the sign-in page once the session is over, instead of leaving a broken page behind.
"use strict";
(() => {
  const EVERY = 60_000;
  let leaving = false;

  function leave() {
    if (leaving) return;
    leaving = true;
    const here = location.pathname + location.search;
    location.replace("/signin?notice=ended&next=" + encodeURIComponent(here));
  }

  async function check() {
    if (leaving) return;
    try {
      const answer = await fetch("/session", { credentials: "same-origin", cache: "no-store" });
      if (answer.status === 401) leave();
    } catch {
      // The server cannot be reached: that is no reason to lose what is on the page.
    }
  }

  // Every page lies at the root; without this, Streamlit first looks for its server beneath the page.
  window.__streamlit = { BACKEND_BASE_URL: location.origin + "/", MAIN_PAGE_BASE_URL: location.origin + "/" };

  // Streamlit says nothing to the page when its connection is refused; the socket does.
  const Plain = window.WebSocket;
  window.WebSocket = class extends Plain {
    constructor(...given) {
      super(...given);
      this.addEventListener("close", check);
    }
  };

  new MutationObserver(() => {
    if (document.querySelector(".session-over")) leave();
  }).observe(document, { childList: true, subtree: true });

  setInterval(check, EVERY);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) check(); });
})();
