// Keeps what is marked `data-live="seconds"` as it is on the server; without script such pages ask again by
// themselves or by a link.
(() => {
  "use strict";
  const live = document.querySelector("[data-live]");
  if (!live) return;
  const every = Math.max(3, Number(live.dataset.live) || 15) * 1000;
  const ask = async () => {
    try {
      const answer = await fetch(location.href, { headers: { accept: "text/html" } });
      if (answer.ok) {
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        const fresh = page.querySelector("[data-live]");
        if (fresh && fresh.innerHTML !== live.innerHTML) live.innerHTML = fresh.innerHTML;
        if (!fresh) return;
      }
    } catch {
      // The network is away for a moment; the next turn asks again.
    }
    setTimeout(ask, every);
  };
  setTimeout(ask, every);
})();
