// Keys of the window workstation, and a page that keeps still: every step is a form that works without this.
(() => {
  "use strict";
  const PANES = ["bar", "left", "middle", "right", "foot"];
  const $ = (selector, within = document) => within.querySelector(selector);
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const typing = (at) => at?.matches?.("input:not([type=radio], [type=checkbox]), textarea, select");
  const text = (element) => element.matches("input:not([type=radio], [type=checkbox], [type=hidden], [type=file]), textarea");

  // Nothing of the last person comes back by the browser's own memory.
  addEventListener("pageshow", (event) => {
    if (event.persisted) location.reload();
  });

  document.documentElement.classList.add("scripted");

  // ---- where the clerk is ---------------------------------------------------------------------------

  const rows = () => all(".line[data-open]");
  const inputOf = (row) => $("input:checked, input, textarea, select", row);
  const rowOf = (element) => element?.closest?.(".line");

  const focus = (element) => {
    if (!element) return;
    const folded = element.closest("details:not([open])");
    if (folded && !element.closest("summary")) folded.open = true;
    element.focus({ preventScroll: true });
    element.closest(".line, .slot, button")?.scrollIntoView({ block: "nearest" });
  };

  // The next open place after `row`; behind the form come the evidence and the end.
  const nextAfter = (row) => {
    const open = rows();
    const later = row ? open.filter((other) => row.compareDocumentPosition(other) & Node.DOCUMENT_POSITION_FOLLOWING) : open;
    const next = later[0] ?? open.find((other) => other !== row);
    if (next) return inputOf(next);
    return null;
  };
  const behindTheForm = () => $(".slot.missing [data-scan]") ?? $("#submit");

  // ---- steps that keep the page still ----------------------------------------------------------------

  let queue = Promise.resolve();
  let waiting = 0;
  const busy = (by) => {
    waiting += by;
    document.body.toggleAttribute("data-busy", waiting > 0);
  };

  const unsaved = () => all("input, textarea").filter((it) => text(it) && it.id && it.value !== it.defaultValue);

  // Puts the answer's panes in place; the place in hand and what is typed but not sent stay.
  const take = (html, sent) => {
    const fresh = new DOMParser().parseFromString(html, "text/html");
    if (!$("#middle", fresh)) return false;
    const at = document.activeElement;
    const id = at?.id;
    const selection = text(at ?? document.body) ? [at.selectionStart, at.selectionEnd] : null;
    const kept = unsaved().filter((it) => it.name !== sent).map((it) => [it.id, it.value]);
    const folds = new Map(all("details[id]").map((it) => [it.id, it.open]));
    const scrolls = PANES.map((pane) => [pane, document.getElementById(pane)?.scrollTop ?? 0]);
    for (const pane of PANES) {
      const [old, next] = [document.getElementById(pane), fresh.getElementById(pane)];
      if (old && next && old.outerHTML !== next.outerHTML) old.replaceWith(next);
    }
    for (const [fold, open] of folds) {
      const now = document.getElementById(fold);
      if (now?.matches(".line, .point-list") && open) now.open = true;
    }
    for (const [field, value] of kept) {
      const now = document.getElementById(field);
      if (now) now.value = value;
    }
    for (const [pane, top] of scrolls) {
      const now = document.getElementById(pane);
      if (now) now.scrollTop = top;
    }
    const again = id && document.getElementById(id);
    if (again && document.activeElement !== again) {
      again.focus({ preventScroll: true });
      if (selection && text(again)) {
        try { again.setSelectionRange(...selection); } catch { /* dates have no selection */ }
      }
    }
    ready();
    return true;
  };

  const send = (form, body, { sent, then } = {}) => {
    busy(1);
    queue = queue.then(async () => {
      try {
        const pairs = body();
        const multipart = form.enctype === "multipart/form-data";
        const answer = await fetch(form.action, {
          method: "POST",
          body: multipart ? pairs : new URLSearchParams(pairs),
          headers: { accept: "text/html" },
        });
        const html = await answer.text();
        if (!take(html, sent)) location.assign("/window");
        else then?.();
      } catch {
        // The hub does not answer: the ordinary way shows what is wrong, and nothing typed is lost.
        $("#offline")?.removeAttribute("hidden");
        form.requestSubmit?.();
      } finally {
        busy(-1);
      }
    });
    return queue;
  };

  // One field of the form, with the version that is shown when its turn comes.
  const save = (input, then) => {
    const form = $("#form");
    if (!form) return;
    const { name } = input;
    const { value } = input.type === "radio" ? ($(`input[name="${CSS.escape(name)}"]:checked`, form) ?? input) : input;
    const body = () => {
      const pairs = new FormData();
      pairs.set("version", $("#form input[name=version]")?.value ?? "");
      pairs.set(name, value);
      return pairs;
    };
    send(form, body, { sent: name, then });
  };

  const goOn = (row, stays) => {
    const next = nextAfter(row);
    if (next && next !== document.activeElement) focus(next);
    return () => {
      const at = document.activeElement;
      const lost = !at || at === document.body || rowOf(at)?.classList.contains("known");
      const wrong = $(".line.wrong :is(input, textarea)");
      if (wrong) {
        focus(wrong);
        wrong.select();
      }
      else if (lost || !stays && !next) focus(nextAfter(null) ?? behindTheForm());
    };
  };

  // ---- answers ----------------------------------------------------------------------------------------

  const settle = (input) => {
    const row = rowOf(input);
    const changed = input.type === "radio" || input.value !== input.defaultValue;
    const then = goOn(row);
    if (changed) save(input, then);
    else then();
  };

  document.addEventListener("change", (event) => {
    const input = event.target;
    if (input.closest("#form")) {
      if (input.type === "radio") settle(input);
      else if (text(input) && input.value !== input.defaultValue) save(input);
      return;
    }
    const form = input.closest("form[data-change]");
    // What was ticked leaves the list of what is open: on to the next of it, then to the end.
    const then = () => {
      if (!document.activeElement || document.activeElement === document.body) focus($("#stop input[type=checkbox]") ?? $("#submit"));
    };
    if (form) send(form, () => new FormData(form), { then });
  });

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.id === "form") {
      event.preventDefault();
      return;
    }
    if (!form.hasAttribute("data-stay")) return;
    event.preventDefault();
    const button = event.submitter;
    const place = form.dataset.then;
    const before = new Set(all(".slot .check").map((it) => it.id));
    send(form, () => {
      const pairs = new FormData(form);
      if (button?.name) pairs.set(button.name, button.value);
      return pairs;
    }, {
      then: () => {
        const check = place ? document.getElementById(place) : all(".slot .check").find((it) => !before.has(it.id));
        if (check) focus(check);
        else if (!document.activeElement || document.activeElement === document.body) focus($("#stop input[type=checkbox]") ?? nextAfter(null) ?? behindTheForm());
      },
    });
  });

  // ---- search ---------------------------------------------------------------------------------------

  const look = () => {
    const typed = $("#seek")?.value.trim().toLowerCase() ?? "";
    const found = all("#found button");
    for (const button of found) button.hidden = typed !== "" && !button.dataset.find.includes(typed);
    const first = found.find((button) => !button.hidden);
    for (const button of found) button.classList.toggle("first", button === first);
    $("#found-none")?.toggleAttribute("hidden", Boolean(first));
    return first;
  };
  document.addEventListener("input", (event) => {
    if (event.target.id === "seek") look();
    if (event.target.id === "keys-find") list(event.target.value);
  });

  // ---- commands -----------------------------------------------------------------------------------------

  const command = (key) => all(`[data-key="${CSS.escape(key)}"]`).find((it) => it.offsetParent !== null && !it.disabled);
  const press = (element) => {
    if (element.matches("input")) focus(element);
    else element.click();
  };
  // A scan goes to the piece in hand, else to the first that is missing, else into the tray.
  const scan = () => {
    const slot = document.activeElement?.closest?.(".slot") ?? $(".slot.missing");
    const own = slot && $("form[action='/window/scan'] button", slot);
    press(own ?? command("F7"));
  };

  const list = (typed = "") => {
    const place = $("#keys-list");
    place.replaceChildren();
    for (const element of all("[data-key]").filter((it) => !it.hasAttribute("data-help") && !it.closest("dialog"))) {
      const name = (element.placeholder || element.textContent).replace(element.dataset.key, "").trim();
      if (typed && !name.toLowerCase().includes(typed.trim().toLowerCase())) continue;
      const button = document.createElement("button");
      button.type = "button";
      const kbd = document.createElement("kbd");
      kbd.textContent = element.dataset.key;
      button.append(name, " ", kbd);
      button.addEventListener("click", () => {
        $("#keys").close();
        press(element);
      });
      const item = document.createElement("li");
      item.append(button);
      place.append(item);
    }
  };
  const commands = () => {
    const dialog = $("#keys");
    if (!dialog || dialog.open) return;
    $("#keys-find").value = "";
    list();
    dialog.showModal();
    $("#keys-find").focus();
  };

  document.addEventListener("keydown", (event) => {
    const at = document.activeElement;
    const { key } = event;
    if ((event.ctrlKey || event.metaKey) && key.toLowerCase() === "k") {
      event.preventDefault();
      commands();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if ($("#keys")?.open) {
      if (key === "Enter" && at?.id === "keys-find") {
        event.preventDefault();
        $("#keys-list button")?.click();
      }
      return;
    }
    if (/^F\d+$/.test(key) || key === "Escape") {
      const element = command(key);
      if (!element) return;
      event.preventDefault();
      if (key === "F7") scan();
      else if (key === "F9" && event.repeat) return;
      else if (key === "F9" && element.form?.getAttribute("action") === "/window/submit") {
        // What is typed and not yet sent comes first.
        for (const input of unsaved().filter((it) => it.closest("#form"))) save(input);
        queue.then(() => command("F9")?.click());
      } else queue.then(() => command(key)?.click());
      return;
    }
    if (key === "Enter" && at?.id === "seek") {
      event.preventDefault();
      look()?.click();
      return;
    }
    if (key === "Enter" && at?.closest?.("#form") && !at.matches("summary, textarea, button")) {
      event.preventDefault();
      settle(at);
      return;
    }
    if (typing(at)) return;
    if (/^[1-9]$/.test(key)) {
      const row = rowOf(at)?.matches(".open, [open]") ? rowOf(at) : rows()[0];
      const choice = row && all("input[type=radio]", row)[Number(key) - 1];
      if (choice) {
        event.preventDefault();
        choice.checked = true;
        settle(choice);
      }
      return;
    }
    if (key === "?") {
      event.preventDefault();
      commands();
    } else if (key === "/") {
      const seek = command("/");
      if (seek) {
        event.preventDefault();
        focus(seek);
      }
    }
  });

  // ---- as the page comes ----------------------------------------------------------------------------------

  const clockwork = () => {
    for (const clock of all("[data-clock]")) {
      const begun = Date.now() - Number(clock.dataset.clock) * 1000;
      const show = () => {
        const seconds = Math.max(0, Math.floor((Date.now() - begun) / 1000));
        const two = (n) => String(n).padStart(2, "0");
        clock.textContent = `${two(Math.floor(seconds / 60))}:${two(seconds % 60)}`;
      };
      show();
      clock.dataset.running = String(setInterval(() => (clock.isConnected ? show() : clearInterval(Number(clock.dataset.running))), 1000));
    }
  };

  const ready = () => {
    for (const button of all("[data-help], [data-print]")) button.hidden = false;
    clockwork();
    look();
  };
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-help]")) commands();
    if (event.target.closest("[data-print]")) print();
    if (event.target.closest(".rail a")) {
      const section = $(event.target.closest("a").hash);
      if (section) section.open = true;
    }
  });

  ready();
  if (document.body.classList.contains("print-now")) {
    $("[data-print]")?.focus();
    addEventListener("load", () => setTimeout(() => print(), 50));
  } else {
    const first = $("#stop input[type=checkbox]") ?? $("#seek") ?? nextAfter(null) ?? (rows().length === 0 && $("#form") ? behindTheForm() : null) ?? $("#call") ?? $("#next");
    focus(first);
  }
})();
