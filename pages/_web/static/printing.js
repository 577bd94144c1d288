// 打印 prints the page as it stands (pages/_ui/printed.css); in a meeting arrow keys turn the pages
// and the window is filled (pages/_ui/theme.py).
"use strict";
(() => {
  const TURNS = { ArrowRight: "after", PageDown: "after", ArrowLeft: "before", PageUp: "before", Escape: "leave" };
  const press = (name) => document.querySelector(`.st-key-meeting-${name} button`)?.click();

  addEventListener("click", (event) => {
    const at = (selector) => event.target.closest && event.target.closest(selector);
    if (at("[data-print]")) window.print();
    if (at(".st-key-map-meeting button")) document.documentElement.requestFullscreen?.().catch(() => {});
    if (at(".st-key-meeting-leave button") && document.fullscreenElement) document.exitFullscreen();
  });

  addEventListener("keydown", (event) => {
    const turn = TURNS[event.key];
    const typing = event.target.closest && event.target.closest("input, textarea, select, [role=slider], [contenteditable=true]");
    if (turn && !typing && document.querySelector(".st-key-meeting")) press(turn);
  });
})();
