// One tap on a demo account fills in the form.
"use strict";
for (const button of document.querySelectorAll("button.fill")) {
  button.addEventListener("click", () => {
    document.getElementById("username").value = button.dataset.name;
    document.getElementById("password").value = document.getElementById("demo-password").textContent.trim();
    document.querySelector("form button.primary").focus();
    window.scrollTo(0, 0);
  });
}
