// Leads to the sign-in page once the session is over, and to a page that says so once somebody else
// is signed in in this browser, instead of leaving a broken page, or one of somebody else, behind.
"use strict";
(() => {
  const EVERY = 60_000;
  const { person } = document.currentScript.dataset;
  let leaving = false;

  function go(address) {
    if (leaving) return;
    leaving = true;
    // What stands there is of a person who is not there any more.
    document.documentElement.style.visibility = "hidden";
    location.replace(address);
  }

  function leave() {
    const here = location.pathname + location.search;
    go("/signin?notice=ended&next=" + encodeURIComponent(here));
  }

  // Pages of one browser tell each other whose they are: an old tab leaves as soon as a new one opens.
  const pages = window.BroadcastChannel ? new BroadcastChannel("ledger-person") : null;
  if (pages) {
    pages.onmessage = (told) => { if (told.data !== person) check(); };
    pages.postMessage(person);
  }

  async function check() {
    if (leaving) return;
    try {
      const asked = "/session?person=" + encodeURIComponent(person || "");
      const answer = await fetch(asked, { credentials: "same-origin", cache: "no-store" });
      if (answer.status === 401) leave();
      if (answer.status === 409) go("/other-person");
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
  // A page that the browser kept and shows again.
  addEventListener("pageshow", (shown) => { if (shown.persisted) check(); });
})();
