// A paper (pages/_web/printing.py) asks to be printed as soon as it is there.
"use strict";
document.getElementById("print").addEventListener("click", () => window.print());
document.getElementById("close").addEventListener("click", () => {
  window.close();
  if (!window.closed) history.back();
});
if (document.readyState === "complete") window.print();
else addEventListener("load", () => window.print());
