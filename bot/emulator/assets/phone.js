// Makes a phone live: new bubbles arrive by a stream, forms are sent without
// loading the page. Without this script everything works by plain forms.
"use strict";
(() => {
  const chat = document.getElementById("chat");
  const alertLine = document.getElementById("alert");
  const title = document.getElementById("title");
  const scroller = chat.parentElement;
  let after = chat.dataset.after;
  let stream = null;

  const toNewest = () => { scroller.scrollTop = 0; }; // the column is reversed
  const complain = (text) => { alertLine.textContent = text; alertLine.hidden = !text; };

  const listen = () => {
    if (stream || document.hidden) return;
    const dock = document.getElementById("dock").dataset.mark;
    stream = new EventSource(chat.dataset.events + "?after=" + after + "&dock=" + dock);
    stream.addEventListener("bubble", (e) => {
      after = e.lastEventId;
      const near = scroller.scrollTop > -80;
      document.getElementById("empty")?.remove();
      const part = document.createElement("template");
      part.innerHTML = e.data;
      chat.append(part.content);
      if (near) toNewest();
    });
    stream.addEventListener("dock", (e) => {
      const field = document.getElementById("say");
      const words = field?.value, focused = field && field === document.activeElement;
      document.getElementById("dock").outerHTML = e.data;
      const now = document.getElementById("say");
      if (!now) return;
      now.value = words || "";
      if (focused) now.focus();
    });
    stream.addEventListener("typing", (e) => {
      title.textContent = e.data === "1" ? "对方正在输入…" : title.dataset.name;
    });
    stream.addEventListener("reload", () => { stream.close(); location.reload(); });
  };
  // A hidden page lets go: browsers allow six connections to one server.
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) { stream?.close(); stream = null; } else listen();
  });
  window.addEventListener("pagehide", () => { stream?.close(); stream = null; });
  window.addEventListener("pageshow", listen);

  let queue = Promise.resolve(); // what is said first arrives first
  document.addEventListener("submit", (e) => {
    const form = e.target;
    if (form.method !== "post") return;
    e.preventDefault();
    const body = new FormData(form, e.submitter);
    const field = form.querySelector("#say");
    const words = field?.value;
    const plain = form.enctype !== "multipart/form-data";
    form.reset();
    for (const open of document.querySelectorAll("#dock details[open]")) open.open = false;
    const plus = document.getElementById("extras");
    if (plus) plus.checked = false;
    queue = queue.then(async () => {
      complain("");
      try {
        const answer = await fetch(form.action, {
          method: "POST", headers: { "Phone-Live": "1" }, body: plain ? new URLSearchParams(body) : body,
        });
        if (answer.ok) { toNewest(); return; }
        complain(await answer.text());
      } catch {
        complain("连不上，请看看程序是否还在运行。");
      }
      const now = document.getElementById("say");
      if (words && now && !now.value) now.value = words; // nothing typed is lost
    });
  });
  // A chosen picture or recording goes off at once, as in the app.
  document.addEventListener("change", (e) => {
    if (e.target.type === "file" && e.target.files.length) e.target.form.requestSubmit();
  });
  // A tap elsewhere closes what is open.
  document.addEventListener("click", (e) => {
    for (const open of document.querySelectorAll("nav details[open], .whose[open]")) {
      if (!open.contains(e.target)) open.open = false;
    }
  });
  listen();
})();
