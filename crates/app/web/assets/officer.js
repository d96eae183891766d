// Keys, tabs and ticked rows for officers; everything works without script.
(() => {
  "use strict";
  const root = document.documentElement;
  root.classList.add("scripted");
  const all = (selector, of = document) => [...of.querySelectorAll(selector)];

  // Single keys can be turned off, for whoever speaks to the machine or types by accident.
  const KEPT = "officer-keys";
  const kept = () => {
    try {
      return localStorage.getItem(KEPT) !== "off";
    } catch {
      return true;
    }
  };
  let keys = kept();
  const show = () => {
    root.classList.toggle("keys", keys);
    all("[data-keys-help]").forEach((help) => {
      help.hidden = false;
    });
    all("[data-keys-off]").forEach((button) => {
      button.hidden = !keys;
    });
    all("[data-keys-on]").forEach((button) => {
      button.hidden = keys;
    });
  };
  const turn = (on) => {
    keys = on;
    try {
      localStorage.setItem(KEPT, on ? "on" : "off");
    } catch {
      // It holds for this page.
    }
    show();
  };
  all("[data-keys-off]").forEach((button) => button.addEventListener("click", () => turn(false)));
  all("[data-keys-on]").forEach((button) => button.addEventListener("click", () => turn(true)));
  show();

  // The rows of a worklist.
  const rows = all("[data-row]");
  let at = -1;
  const go = (to) => {
    if (rows.length === 0) return;
    at = Math.max(0, Math.min(rows.length - 1, to));
    rows.forEach((row, position) => row.classList.toggle("at", position === at));
    const link = rows[at].querySelector("[data-open]");
    (link ?? rows[at]).focus();
    rows[at].scrollIntoView({ block: "nearest" });
  };
  const inRow = (key) => {
    if (rows.length === 0) return false;
    if (key === "j" || key === "ArrowDown") go(at + 1);
    else if (key === "k" || key === "ArrowUp") go(at - 1);
    else if (key === "x" && at >= 0) rows[at].querySelector("input[type=checkbox]")?.click();
    else return false;
    return true;
  };

  // How many rows are ticked.
  const batch = document.querySelector("form.batch");
  if (batch) {
    const picked = batch.querySelector("[data-picked]");
    const hint = picked.textContent;
    const count = () => {
      const ticked = all("[data-row] input:checked").length;
      batch.classList.toggle("some", ticked > 0);
      picked.textContent = ticked > 0 ? picked.dataset.picked.replace("0", String(ticked)) : hint;
    };
    rows.forEach((row) => row.addEventListener("change", count));
    count();
  }

  // Parts of a case one at a time.
  all("[data-tabs]").forEach((tabs) => {
    const links = all(".panetabs a", tabs);
    const panes = all(".pane", tabs);
    const choose = (hash) => {
      const named = hash.length > 1 ? document.getElementById(decodeURIComponent(hash.slice(1))) : null;
      const wrong = tabs.querySelector(".pane .wrong");
      const pane = named?.closest(".pane") ?? wrong?.closest(".pane") ?? panes[0];
      panes.forEach((other) => {
        other.hidden = other !== pane;
      });
      links.forEach((link) => {
        if (link.hash === `#${pane.id}`) link.setAttribute("aria-current", "page");
        else link.removeAttribute("aria-current");
      });
    };
    addEventListener("hashchange", () => {
      choose(location.hash);
      tabs.scrollIntoView({ block: "nearest" });
    });
    tabs.classList.add("tabbed");
    choose(location.hash);
  });

  // What is found while looking through is kept at once: whoever decides, or goes on to the next case, without
  // saving loses none of it.
  const review = document.querySelector("form[data-keep]");
  const told = review?.querySelector("[data-kept]");
  if (told) {
    let waiting = 0;
    const keep = () => {
      if (waiting === 0) return;
      clearTimeout(waiting);
      waiting = 0;
      const sent = new URLSearchParams(new FormData(review));
      sent.set("do", "save");
      fetch(review.action, { method: "POST", body: sent, keepalive: true, redirect: "manual" })
        .then((answer) => answer.type === "opaqueredirect" || answer.ok)
        .catch(() => false)
        .then((kept) => {
          told.textContent = kept ? told.dataset.kept : told.dataset.unkept;
          told.classList.toggle("seal", !kept);
        });
    };
    review.addEventListener("change", () => {
      clearTimeout(waiting);
      waiting = setTimeout(keep, 600);
    });
    review.addEventListener("submit", () => {
      clearTimeout(waiting);
      waiting = 0;
    });
    addEventListener("pagehide", keep);
  }

  // A document in the frame may take the keys when it opens; only a hand or Tab leads there.
  const frame = document.querySelector("iframe[name=viewer]");
  if (frame) {
    let tabbed = false;
    addEventListener("keydown", (event) => {
      tabbed = event.key === "Tab";
    });
    // What had the focus gets it back: an error summary above all, which is read first.
    let before = document.activeElement;
    addEventListener("focusin", (event) => {
      if (event.target !== frame) before = event.target;
    });
    addEventListener("blur", () => {
      setTimeout(() => {
        if (document.activeElement === frame && !tabbed && !frame.matches(":hover")) {
          frame.blur();
          window.focus();
          before?.focus();
        }
      }, 0);
    });
  }

  // One key, one thing; what it does stands beside it.
  const documents = () => {
    const frame = document.querySelector("iframe[name=viewer]")?.contentDocument;
    const above = window.parent === window ? null : window.parent.document;
    return [document, frame, above].filter(Boolean);
  };
  const find = (key) => {
    for (const of of documents()) {
      const found = all("[data-key]", of).find(
        (it) => it.dataset.key.toLowerCase() === key.toLowerCase() && it.getClientRects().length > 0,
      );
      if (found) return found;
    }
    return null;
  };
  const act = (it) => {
    if (it.matches("summary")) {
      it.parentElement.open = true;
      const first = it.parentElement.querySelector(
        "input:not([type=hidden]), select, textarea, button",
      );
      (first ?? it).focus();
    } else if (it.matches("input, select, textarea")) it.focus();
    // A decision is never one key: the key leads to it, Enter makes it.
    else if (it.matches(".deeds button")) it.focus();
    else it.click();
  };
  addEventListener("keydown", (event) => {
    const typing = event.target.matches?.(
      "textarea, select, input:not([type=checkbox], [type=radio], [type=button])",
    );
    if (event.key === "Escape" && typing) {
      event.target.blur();
      return;
    }
    if (!keys || typing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.matches?.("[type=radio]") && event.key.startsWith("Arrow")) return;
    const found = inRow(event.key) ? true : find(event.key === "=" ? "+" : event.key);
    if (!found) return;
    event.preventDefault();
    if (found !== true) act(found);
  });
})();
