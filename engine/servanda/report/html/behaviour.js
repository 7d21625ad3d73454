"use strict";
(() => {
  const form = document.getElementById("filter"), shown = document.getElementById("shown");
  const open = () => {
    const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    for (let one = target; one; one = one.parentElement) if (one.tagName === "DETAILS") one.open = true;
    if (target && target.hidden) { form.reset(); choose(); }
    if (target) target.scrollIntoView();
  };
  addEventListener("hashchange", open);
  let closed = [];
  addEventListener("beforeprint", () => { closed = [...document.querySelectorAll("details:not([open])")]; for (const one of closed) one.open = true; });
  addEventListener("afterprint", () => { for (const one of closed) one.open = false; });
  if (!form) return;
  const findings = [...document.querySelectorAll(".finding")], groups = [...document.querySelectorAll(".group")];
  const texts = new Map();
  const text = (one) => { if (!texts.has(one)) texts.set(one, one.textContent.toLowerCase()); return texts.get(one); };
  const fits = (one, wanted) => (!wanted.agreement || one.closest(".group").dataset.agreement === wanted.agreement)
    && (!wanted.clause || one.dataset.clauses.split(" ").includes(wanted.clause)) && (!wanted.year || one.dataset.year === wanted.year)
    && (!wanted.status || (wanted.status === "material" ? one.classList.contains("is-material") : one.dataset.status === wanted.status))
    && (!wanted.text || wanted.text.split(/\s+/).every((part) => text(one).includes(part)));
  const choose = () => {
    const wanted = Object.fromEntries(new FormData(form));
    wanted.text = wanted.text.trim().toLowerCase();
    let count = 0;
    for (const one of findings) { one.hidden = !fits(one, wanted); count += !one.hidden; }
    const any = Object.values(wanted).some(Boolean);
    for (const group of groups) {
      group.hidden = any && !group.querySelector(".finding:not([hidden])");
      const kept = group.querySelector("details.kept");
      if (kept) kept.open = any && Boolean(kept.querySelector(".finding:not([hidden])"));
    }
    shown.textContent = shown.dataset.text.replace("#", count.toLocaleString(document.documentElement.lang));
  };
  let waiting;
  form.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(choose, 120); });
  form.addEventListener("reset", () => setTimeout(choose));
  form.addEventListener("submit", (event) => event.preventDefault());
  form.hidden = false;
  open();
})();
