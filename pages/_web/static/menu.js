// A click on the menu's entry of the page that is on show leads to that page as it opens. Streamlit
// keeps the parameters of the address there: a record or form that it names would stay open.
"use strict";
addEventListener("click", (event) => {
  const link = event.target.closest?.('[data-testid="stSidebarNavLink"]');
  if (!link || link.pathname !== location.pathname || !location.search) return;
  if (event.button || event.ctrlKey || event.metaKey || event.shiftKey) return; // into another tab
  event.preventDefault();
  event.stopPropagation();
  history.pushState(null, "", link.pathname);
  dispatchEvent(new PopStateEvent("popstate")); // as after 后退: Streamlit reads the address
  // A menu that lies over the page is folded, as Streamlit does.
  if (matchMedia("(max-width: 768px)").matches) document.querySelector('[data-testid="stSidebarCollapseButton"] button')?.click();
}, true);
