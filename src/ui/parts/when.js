// Has each `time` say the moment in full, in the reader's own time zone, once it is pointed at. Not
// before: a browser takes as long for it as for all else of a comment, and several times longer for
// the first one.
export const tell = () =>
  addEventListener("pointerover", ({ target }) => {
    const time = target.closest?.("time");
    if (!time) return;
    const moment = new Date(time.dateTime);
    time.title = moment.toLocaleString("en", { dateStyle: "medium", timeStyle: "short" });
  });
