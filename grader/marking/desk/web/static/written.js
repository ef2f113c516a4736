"use strict";
// Marking with keys. Without this script everything works as forms.
(() => {
  const section = document.querySelector(".cards");
  if (!section || !section.dataset.undo) return;
  const alertBox = document.getElementById("alert"), keys = document.getElementById("keys");
  const comments = [...document.getElementById("comments").content.children].map(each => each.textContent);
  const done = [];  // keys of the cards that were saved, to be taken back
  const held = [];  // keys pressed while a save is under way: they are for the next card, if it is saved
  let saving = 0, chain = Promise.resolve();

  const cards = () => [...section.querySelectorAll(".card")];
  const current = () => section.querySelector(".card.current");
  const of = key => document.getElementById(`a-${key}`);

  function makeCurrent(card, move = true) {
    if (!card) return;
    for (const other of section.querySelectorAll(".card.current")) if (other !== card) other.classList.remove("current");
    card.classList.add("current");
    if (!isLater(card)) offerComments(card);
    const all = cards();
    load(card);
    document.getElementById("place").textContent = `answer ${all.indexOf(card) + 1} of ${all.length}`;
    if (!move) return;
    card.focus({preventScroll: true});
    card.scrollIntoView({block: "start"});
  }

  function step(by, from = current()) {
    const all = cards(), at = all.indexOf(from);
    makeCurrent(all[Math.min(Math.max(at + by, 0), all.length - 1)]);
  }

  function nextThatWaits() {
    const all = cards(), at = all.indexOf(current());
    makeCurrent([...all.slice(at + 1), ...all.slice(0, at)].find(card => card.classList.contains("waiting")));
  }

  // --- answers that are only named yet, and are brought before one comes to them ---

  const isLater = card => card.classList.contains("later");
  const asked = new Set();

  async function load(from) {
    const all = cards(), at = all.indexOf(from);
    const wanted = all.slice(Math.max(at - 5, 0), at + 25).filter(card => isLater(card) && !asked.has(card.dataset.key));
    if (!wanted.length) return;
    const names = wanted.map(card => card.dataset.key);
    names.forEach(key => asked.add(key));
    try {
      const answer = await fetch(`${section.dataset.more}&${names.map(key => `key=${encodeURIComponent(key)}`).join("&")}`);
      for (const [key, html] of Object.entries(await answer.json())) if (of(key) && isLater(of(key))) swap(of(key), html);
    } catch {
      names.forEach(key => asked.delete(key));
      complain("", "More answers could not be brought: the desk does not answer. Is `grader desk` still running in its terminal?");
    }
  }

  /** Put a card in the place of another, which stays the current one if it was. */
  function swap(old, html) {
    const made = new DOMParser().parseFromString(html, "text/html").querySelector(".card");
    if (!made) return null;
    const was = {current: old.classList.contains("current"), focus: old.contains(document.activeElement)};
    old.replaceWith(document.adoptNode(made));
    if (was.current) makeCurrent(made, false);
    if (was.focus) made.focus({preventScroll: true});
    return made;
  }

  const watch = new IntersectionObserver(seen => {
    for (const each of seen) if (each.isIntersecting && isLater(each.target)) load(each.target);
  }, {rootMargin: "1200px"});

  // --- comments given before ---

  function offerComments(card) {
    const chips = card.querySelector(".chips"), area = card.querySelector("textarea");
    chips.replaceChildren(...comments.map((text, n) => {
      const chip = document.createElement("button");
      chip.type = "button";
      chip.textContent = text;
      chip.title = n < 9 ? `${text} (Alt ${n + 1})` : text;
      chip.addEventListener("click", () => add(area, text));
      return chip;
    }));
    chips.hidden = !comments.length;
  }

  function add(area, text) {
    area.value = area.value.trim() ? `${area.value.trimEnd()}\n\n${text}` : text;
  }

  function remember(text) {
    const said = text.trim();
    if (said && !comments.includes(said)) comments.unshift(said);
    comments.splice(12);
  }

  // --- save, and take back ---

  function isAsItWas(form) {
    const fields = [...form.querySelectorAll("input:not([type=hidden]):not([type=checkbox]), textarea")];
    return fields.every(field => field.value === field.defaultValue);
  }

  async function ask(address, body) {
    const answer = await fetch(address, {method: "POST", body, headers: {Accept: "application/json"}});
    if (!(answer.headers.get("Content-Type") || "").startsWith("application/json")) throw new Error(answer.status);
    return answer.json();
  }

  /** Why points cannot be given, as far as the page knows; "" where it sees no reason. */
  function whyNot(card, points) {
    const most = Number(card.dataset.most), value = Number(points.trim().replace(",", ".").replace("½", ".5"));
    const odd = value < 0 || value > most;
    return odd ? `Not saved: ${value} points are not between 0 and ${most}; what is worth more is extra credit.` : "";
  }

  function refuse(card, sentence) {
    card.classList.add("refused");
    say(card.dataset.key, "not saved");
    complain(card.dataset.key, sentence);
  }

  /** A save, or taking one back, is over: do what was typed meanwhile; where it failed, it was meant for another card. */
  function over(isDone) {
    saving -= 1;
    if (!isDone) held.length = 0;
    while (held.length && !saving) press(held.shift(), true);
  }

  /** Save, and only when that is done go on to the next card. */
  function save(card, submitter) {
    const form = card.querySelector("form"), body = new URLSearchParams(new FormData(form, submitter));
    const typed = {points: body.get("quick") ?? form.points.value, extra: form.extra.value, comment: form.comment.value};
    const key = card.dataset.key;
    typedAt = null;
    const why = body.has("same") ? "" : whyNot(card, typed.points);
    if (why) return refuse(card, why);
    remember(typed.comment);
    card.focus({preventScroll: true});
    form.querySelector(".saving").textContent = "saving …";
    form.querySelectorAll("button").forEach(button => { button.disabled = true; });
    saving += 1;
    chain = chain.then(() => ask(form.getAttribute("action"), body)).then(told => {
      take(key, told, told.sentence ? typed : null);
      if (told.saved.length) done.push(key);
      if (told.sentence) return complain(key, told.sentence);
      if (alertBox.dataset.key === key) alertBox.replaceChildren();
      say(key, "saved ✓");
      if (current() === of(key)) step(1);
      return true;
    }).catch(() => {
      form.querySelectorAll("button").forEach(button => { button.disabled = false; });
      refuse(card, "Not saved: the desk does not answer. Is `grader desk` still running in its terminal? Then save again.");
    }).then(over);
  }

  function takeBack() {
    const key = done.pop();
    if (!key) return complain("", "There is no save of this visit to take back.");
    const body = new URLSearchParams({_xsrf: section.dataset.xsrf, key});
    saving += 1;
    chain = chain.then(() => ask(section.dataset.undo, body)).then(told => {
      take(key, told, null);
      if (told.sentence) return complain(key, told.sentence);
      say(key, "taken back");
      makeCurrent(of(key));
      return true;
    }).catch(() => {
      done.push(key);
      complain(key, "Not taken back: the desk does not answer. Is `grader desk` still running in its terminal?");
    }).then(over);
  }

  /** Put the card as it is now in the place of the one that is shown. */
  function take(key, told, typed) {
    document.getElementById("progress").textContent = told.progress;
    const bar = document.querySelector(".progress progress");
    bar.max = told.all;
    bar.value = told.all - told.waiting;
    const made = of(key) && swap(of(key), told.html);
    if (!made) return;
    if (typed) for (const [name, value] of Object.entries(typed)) made.querySelector("form").elements[name].value = value;
    if (typed) made.classList.add("refused");
  }

  function say(key, words) {
    const place = of(key) && of(key).querySelector(".saving");
    if (place) place.textContent = words;
  }

  function complain(key, sentence) {
    const there = document.createElement("button"), close = document.createElement("button");
    there.textContent = "Go there";
    there.addEventListener("click", () => { alertBox.replaceChildren(); makeCurrent(of(key)); });
    close.textContent = "Close";
    close.addEventListener("click", () => alertBox.replaceChildren());
    alertBox.dataset.key = key;
    alertBox.replaceChildren(sentence, ...(key ? [there] : []), close);
    const card = key && of(key);
    if (!card) return;
    card.querySelector(".tell-off")?.remove();
    const line = document.createElement("p");
    line.className = "tell-off";
    line.textContent = sentence;
    card.querySelector("header").after(line);
  }

  section.addEventListener("submit", event => {
    event.preventDefault();
    const card = event.target.closest(".card");
    save(card, event.submitter && event.submitter.name ? event.submitter : null);
  });
  section.addEventListener("focusin", event => {
    const card = event.target.closest(".card");
    if (card && card !== current()) makeCurrent(card, false);
  });
  window.addEventListener("beforeunload", event => { if (saving) event.preventDefault(); });

  // --- keys ---

  function type(card, character) {
    const field = card.querySelector("form").points, most = Number(card.dataset.most);
    if (character === ".") {
      const whole = Math.floor(Number(field.value) || 0);
      field.value = Number(field.value) === whole + 0.5 ? whole : Math.min(whole + 0.5, most);
    } else {
      const longer = Number(`${field.value}${character}`);
      field.value = typedAt === card && /^\d+$/.test(field.value) && longer <= most ? longer : character;
    }
    typedAt = card;
  }
  let typedAt = null;  // the card whose points the last digit went to: 1, then 0, is 10

  const actions = {
    j: () => step(1), k: () => step(-1), n: nextThatWaits, u: takeBack,
    c: card => card.querySelector("textarea").focus(),
    s: card => card.querySelector(".same")?.click(),
    r: card => { const raw = card.querySelector(".raw"); if (raw) raw.open = !raw.open; },
    Enter: card => isAsItWas(card.querySelector("form")) ? step(1) : card.querySelector("form").requestSubmit(),
    Backspace: card => { card.querySelector("form").points.value = ""; },
    "?": () => keys.showModal(),
  };

  const isTyped = event => event.key.length === 1 || ["Enter", "Escape", "Backspace"].includes(event.key);

  document.addEventListener("keydown", event => {
    if (event.isComposing || event.ctrlKey || event.metaKey || keys.open) return;
    if (!saving) return press(event);
    if (!isTyped(event) || event.target.matches("button, a, summary, select, input[type=checkbox]")) return;
    held.push(event);
    event.preventDefault();
  });

  function press(event, wasHeld = false) {
    const card = current(), target = wasHeld ? document.activeElement : event.target;
    if (event.altKey) {
      const n = event.code.startsWith("Digit") ? Number(event.code.slice(5)) : 0;
      if (card && !isLater(card) && n && comments[n - 1]) { add(card.querySelector("textarea"), comments[n - 1]); event.preventDefault(); }
      return;
    }
    if (target.matches("textarea")) {
      if (event.key === "Enter" && !event.shiftKey) { target.form.requestSubmit(); event.preventDefault(); }
      else if (event.key === "Escape") makeCurrent(target.closest(".card"));
      else if (wasHeld) target.setRangeText({Enter: "\n", Backspace: ""}[event.key] ?? event.key, target.selectionStart, target.selectionEnd, "end");
      return;
    }
    if (target.matches("input:not([type=checkbox]), select")) {
      if (event.key === "Escape") makeCurrent(target.closest(".card") || card);
      return;
    }
    if (event.key === "Enter" && target.matches("button, a, summary, input")) return;
    const ready = card && !isLater(card);
    if (ready && /^[0-9.,]$/.test(event.key)) type(card, event.key.replace(",", "."));
    else if (actions[event.key] && (ready || "jknu?".includes(event.key))) actions[event.key](card);
    else return;
    event.preventDefault();
  }

  const button = document.getElementById("keys-button"), view = document.getElementById("view");
  button.hidden = false;
  button.addEventListener("click", () => keys.showModal());
  view.querySelector("button:not([type])").hidden = true;
  view.addEventListener("change", () => view.requestSubmit());
  section.querySelectorAll(".later").forEach(card => watch.observe(card));
  makeCurrent(of((new URLSearchParams(location.search)).get("saved")) || cards()[0], false);
  current()?.focus({preventScroll: true});
})();
