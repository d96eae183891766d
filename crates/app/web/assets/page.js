// Better with script; everything works without it.
(() => {
  "use strict";
  const $ = (selector, act) => document.querySelectorAll(selector).forEach(act);

  // An error summary is read first.
  $("[data-focus]", (summary) => summary.focus());

  // Printing has a button only where there is script.
  $("[data-print]", (button) => {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  });

  // A form that answers every change at once.
  $("form[data-submit-on-change]", (form) => {
    form.addEventListener("change", () => form.requestSubmit());
    // Empty answers stay out of the address.
    form.addEventListener("formdata", (event) => {
      for (const [name, value] of [...event.formData]) {
        if (value === "") event.formData.delete(name);
      }
    });
  });

  // A file that is too large is told before it is sent.
  $("input[type=file][data-size-max]", (input) => {
    input.addEventListener("change", () => {
      const max = Number(input.dataset.sizeMax);
      const large = [...input.files].find((file) => file.size > max);
      input.setCustomValidity(large ? `${input.dataset.tooLarge} ${large.name}` : "");
      if (large) input.reportValidity();
    });
  });

  // A page whose contents are still being made fetches itself again; what somebody is at stays as it is.
  const look = () => $("[data-unfinished]", () => setTimeout(async () => {
    const main = document.querySelector("main");
    try {
      const answer = await fetch(location.href, { headers: { accept: "text/html" } });
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
      if (answer.ok && !main.contains(document.activeElement)) {
        main.replaceWith(fresh.querySelector("main"));
      }
    } catch {
      // The server may be away for a moment.
    }
    look();
  }, 2000));
  look();

  // A page that watches a case loads again when the case has moved on; never while someone is typing, nor once
  // something has been typed or chosen that would be lost.
  $("[data-watch]", (watcher) => {
    const { watch, version } = watcher.dataset;
    let wait = 1500;
    let begun = false;
    watcher.addEventListener("input", () => { begun = true; });
    // Whoever has clicked something else is on the way there: loading again would undo that.
    let leaving = false;
    addEventListener("beforeunload", () => { leaving = true; });
    addEventListener("pageshow", () => { leaving = false; });
    const look = async () => {
      try {
        const answer = await fetch(watch, { headers: { accept: "text/plain" } });
        const at = document.activeElement;
        const busy = begun || leaving || at?.matches("input, textarea, select") || at?.closest("form");
        if (answer.ok && !busy && (await answer.text()).trim() !== version) {
          location.reload();
          return;
        }
      } catch {
        // The server may be away for a moment: ask again, less often.
      }
      wait = Math.min(wait * 1.2, 15000);
      setTimeout(look, wait);
    };
    setTimeout(look, wait);
  });
})();
