// Fetches the live part of a page again when the server says that something in it changed. Without this
// script the page is the same, as of when it was opened.
(function () {
  var part = document.querySelector("[data-live]");
  if (!part || !window.EventSource) return;
  var busy = false;
  new EventSource("/console/live?since=" + part.getAttribute("data-live")).addEventListener("change", function () {
    // Whoever is typing or choosing is not disturbed.
    if (busy || part.contains(document.activeElement)) return show(false);
    busy = true;
    fetch(location.href, { headers: { "X-Live": "1" } }).then(function (r) {
      if (r.ok && !r.redirected) return r.text();
    }).then(function (text) {
      var fresh = text && new DOMParser().parseFromString(text, "text/html").querySelector("[data-live]");
      if (fresh) part.replaceWith(fresh), part = fresh;
      show(!!fresh);
    }).catch(function () { show(false); }).then(function () { busy = false; });
  });
  function show(done) {
    var note = document.getElementById("live");
    if (note) note.hidden = false, note.textContent = note.getAttribute(done ? "data-done" : "data-new");
  }
})();
