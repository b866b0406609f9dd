/* What moves on the page: the viewer with its timeline and slider, the previews, the strips. */
(() => {
  "use strict";
  const data = JSON.parse(document.getElementById("data").textContent);
  const byId = (id) => document.getElementById(id);

  function makeViewer(timeline, stills) {
    const viewer = byId("viewer"), range = byId("frame"), play = byId("play");
    if (!viewer) return;
    const panes = [...viewer.querySelectorAll(".pane")].map((element) => ({
      name: element.dataset.clip,
      image: element.querySelector("img"),
      video: element.querySelector("video"),
      canPlay: false, // whether the browser has shown a frame of its clip
      hasFailed: !element.querySelector("video"),
    }));
    const lead = panes.find((pane) => pane.name === "swap") || panes[0];
    const shown = Object.keys(stills).map(Number).sort((a, b) => a - b);
    const last = timeline ? timeline.numbers.length - 1 : 0;
    let place = 0; // position in the timeline

    const isPlaying = () => lead.video && !lead.video.paused && !lead.video.ended;
    const clipTime = (pane, i) => {
      const t = timeline.times[i], next = i < last ? timeline.times[i + 1] : t + 0.02;
      const middle = t + (next - t) / 2; // of the frame, so that rounding hits no other
      return Math.max(0, pane.name === "target" ? middle : middle - timeline.offset);
    };

    function setAspect(width, height) {
      if (width && height) viewer.style.setProperty("--aspect", (width / height).toFixed(4));
    }

    function describe(i) {
      const number = timeline.numbers[i];
      const words = timeline.tracks.map((track) => {
        const span = track.spans.find(([start, length]) => i >= start && i < start + length);
        return (track.label ? track.label + ": " : "") + (span ? span[3] : "");
      });
      return `Frame ${number}, ${timeline.times[i].toFixed(2)} of ${timeline.times[last].toFixed(2)} s. ${words.join(" ")}`;
    }

    function nearestStill(number) {
      return shown.reduce((best, n) => (Math.abs(n - number) < Math.abs(best - number) ? n : best), shown[0]);
    }

    /* Where a clip cannot be shown, its still does; it may be of a frame nearby. */
    function showStills() {
      const number = timeline ? timeline.numbers[place] : 0;
      const still = shown.length ? nearestStill(number) : null;
      let usesOther = false;
      // All panes show the same frame: where one needs a still, the others show theirs, too.
      const mustShow = panes.some((pane) => pane.hasFailed) && !isPlaying();
      for (const pane of panes) {
        const source = still !== null && stills[still][pane.name];
        const useStill = Boolean(source) && (mustShow || !pane.canPlay);
        pane.image.hidden = !useStill;
        if (useStill && pane.image.getAttribute("src") !== source) pane.image.src = source;
        usesOther = usesOther || (useStill && pane.hasFailed && still !== number);
      }
      const note = byId("still-note");
      note.hidden = !usesOther;
      if (usesOther) note.textContent = `This browser cannot play one of the clips; the pictures are of frame ${still}, the nearest on the page.`;
    }

    function show(i, seek = true) {
      place = Math.min(Math.max(i, 0), last);
      if (timeline) {
        const text = describe(place);
        range.value = place;
        range.setAttribute("aria-valuetext", text);
        byId("frame-words").textContent = text;
        if (seek) for (const pane of panes) if (pane.video && !pane.hasFailed) pane.video.currentTime = clipTime(pane, place);
      }
      showStills();
    }

    /* While the swap plays, the others follow it. */
    function follow() {
      if (!isPlaying()) return;
      const offset = lead.name === "target" ? 0 : timeline.offset;
      const now = lead.video.currentTime + offset;
      let i = timeline.times.findIndex((t) => t > now + 1e-3);
      i = (i < 0 ? last + 1 : i) - 1;
      if (i !== place) show(i, false);
      for (const pane of panes) {
        if (pane === lead || !pane.video || pane.hasFailed) continue;
        const wanted = pane.name === "target" ? now : now - timeline.offset;
        if (Math.abs(pane.video.currentTime - wanted) > 0.1) pane.video.currentTime = wanted;
      }
      requestAnimationFrame(follow);
    }

    function pause() {
      const wasPlaying = isPlaying();
      for (const pane of panes) if (pane.video) pane.video.pause();
      play.textContent = "Play";
      play.setAttribute("aria-pressed", "false");
      if (wasPlaying) show(place);
    }

    async function start() {
      if (lead.video.ended || place >= last) show(0);
      play.textContent = "Pause";
      play.setAttribute("aria-pressed", "true");
      const able = panes.filter((pane) => pane.video && !pane.hasFailed);
      await Promise.allSettled(able.map((pane) => pane.video.play()));
      follow();
    }

    for (const pane of panes) {
      if (!pane.video) continue;
      pane.video.addEventListener("loadeddata", () => {
        pane.canPlay = true;
        if (pane.name !== "truth") setAspect(pane.video.videoWidth, pane.video.videoHeight);
        if (timeline) pane.video.currentTime = clipTime(pane, place);
        showStills();
      });
      pane.video.addEventListener("error", () => {
        pane.hasFailed = true;
        pane.canPlay = false;
        if (pane === lead && play) play.disabled = true;
        showStills();
      });
    }
    for (const pane of panes) pane.image.addEventListener("load", () => setAspect(pane.image.naturalWidth, pane.image.naturalHeight));
    if (timeline) {
      if (lead.hasFailed) play.disabled = true;
      range.addEventListener("input", () => { pause(); show(Number(range.value)); });
      play.addEventListener("click", () => (isPlaying() ? pause() : start()));
      if (lead.video) lead.video.addEventListener("ended", pause);
      for (const button of document.querySelectorAll("button.jump")) {
        button.addEventListener("click", () => {
          pause();
          const i = timeline.numbers.indexOf(Number(button.dataset.frame));
          if (i < 0) return;
          show(i);
          range.focus();
          viewer.scrollIntoView({ block: "start" });
        });
      }
      const begin = timeline.written ? timeline.written[0] : 0;
      const end = timeline.written ? timeline.written[timeline.written.length - 1] : last;
      show(Math.round(begin + (end - begin) * 0.4)); // a picture says more than the first frame's
    } else {
      showStills();
    }
    makeSlider(viewer);
  }

  /* The swap lies above the other picture; all left of the cut is cut away. */
  function makeSlider(viewer) {
    const wipe = byId("wipe"), label = byId("wipe-label");
    if (!wipe) return;
    const cut = (percent) => {
      wipe.value = percent;
      viewer.style.setProperty("--cut", `${wipe.value}%`);
      wipe.setAttribute("aria-valuetext", `the swap begins at ${wipe.value} percent of the width`);
    };
    for (const radio of document.querySelectorAll("input[name=mode]")) {
      radio.addEventListener("change", () => {
        viewer.dataset.mode = radio.value;
        label.hidden = radio.value === "beside";
        byId("wipe-left").textContent = radio.value === "slider-truth" ? "True swap" : "Target";
      });
    }
    wipe.addEventListener("input", () => cut(wipe.value));
    const drag = (event) => {
      if (viewer.dataset.mode === "beside" || !(event.buttons & 1)) return;
      const box = viewer.getBoundingClientRect();
      cut(Math.min(100, Math.max(0, (100 * (event.clientX - box.left)) / box.width)));
    };
    viewer.addEventListener("pointerdown", drag);
    viewer.addEventListener("pointermove", drag);
    cut(50);
  }

  function makePreviews() {
    const range = byId("preview");
    if (!range) return;
    const pictures = [...byId("preview-pictures").children];
    const newest = pictures[pictures.length - 1].dataset.number;
    const show = () => {
      pictures.forEach((picture, i) => { picture.hidden = i !== Number(range.value); });
      const text = `${pictures[range.value].dataset.number} of ${newest}`;
      byId("preview-words").textContent = text;
      range.setAttribute("aria-valuetext", `preview ${text}`);
    };
    range.addEventListener("input", show);
    show();
  }

  function makeStrips() {
    for (const strip of document.querySelectorAll(".strip")) {
      const range = strip.querySelector("input"), steps = JSON.parse(strip.dataset.steps);
      range.addEventListener("input", () => {
        strip.style.setProperty("--step", range.value);
        range.setAttribute("aria-valuetext", steps[range.value]);
        strip.querySelector("output").textContent = steps[range.value];
      });
    }
  }

  /* An unfinished page: whether the run still writes, and loading it again on request. */
  function makeFollow() {
    const box = byId("follow"), key = "follow";
    if (!box) return;
    const QUIET = 600; // seconds without a new page after which a run has probably been stopped
    byId("stale").hidden = Date.now() / 1000 - data.written < QUIET;
    const remembered = () => { try { return sessionStorage.getItem(key) === "1"; } catch { return false; } };
    let timer = 0;
    const set = () => {
      clearTimeout(timer);
      try { sessionStorage.setItem(key, box.checked ? "1" : "0"); } catch { /* a private window */ }
      if (box.checked) timer = setTimeout(() => location.reload(), 15000);
    };
    box.checked = remembered();
    box.addEventListener("change", set);
    set();
  }

  /* Frames of several runs (compare.html): one slider for all. */
  function makeFrames() {
    const range = byId("same-frame");
    if (!range) return;
    const show = () => {
      const number = data.frames[range.value];
      range.setAttribute("aria-valuetext", `frame ${number}`);
      byId("same-words").textContent = number;
      for (const image of document.querySelectorAll("img[data-run]")) image.src = data.stills[image.dataset.run][number];
    };
    range.addEventListener("input", show);
    show();
  }

  if (data.timeline !== undefined) makeViewer(data.timeline, data.stills);
  makePreviews();
  makeStrips();
  makeFollow();
  makeFrames();
})();
