// What is shown when the app has stopped. A panic or a trap leaves its memory in no state to go on
// with, so nothing here asks it for anything: this is all plain JavaScript, its words among it.

let said = "";
let isOver = false;

// The app panicked. The trap that follows tells where, unless something on its way swallows it.
export function panicked(message) {
  said = message;
  setTimeout(look, 0, { message });
}

addEventListener("error", ({ error, message, filename }) => look(error ?? { message, stack: filename }));
addEventListener("unhandledrejection", ({ reason }) => look(reason));

/** Stops for a panic, a trap or a stack that ran over, and whatever keeps the app from starting. */
function look(error) {
  const isTrap = /^(Runtime|Compile|Link)Error$/.test(error?.name);
  const isTooDeep = /call stack|recursion/.test(error?.message);
  const isStarting = document.querySelector(".boot") !== null;
  // What an extension of the browser does wrong is none of the app's.
  if (/-extension:/.test(error?.stack)) return;
  if (isOver || !(said || isTrap || isTooDeep || isStarting)) return;
  isOver = true;
  // What runs now may be in the middle of the page.
  setTimeout(show, 0, isStarting, error);
}

function show(isStarting, error) {
  const report = tell(error);
  const heading = make("h1", {
    textContent: isStarting ? "Hackershelf can’t start" : "Hackershelf has stopped",
    tabIndex: -1,
  });
  const status = make("p", { role: "status" });
  const page = make(
    "main",
    { className: "page" },
    make(
      "section",
      { className: "notice" },
      heading,
      make("p", {
        textContent: "Something went wrong in the app itself. What was kept is kept, your marks too.",
      }),
      make(
        "p",
        { className: "choices" },
        button("Start again", () => location.reload()),
        button("Save my marks as a file", () =>
          save().then(
            (count) => (status.textContent = `Marks of ${count} stories were saved.`),
            () => (status.textContent = "The marks can’t be read now. They stay where they are."),
          ),
        ),
        button("Copy the report", () =>
          navigator.clipboard.writeText(report).then(
            () => (status.textContent = "The report was copied."),
            () => (status.textContent = "Copy it from the field below."),
          ),
        ),
      ),
      status,
      make("p", { textContent: "If it happens again, this tells why:" }),
      make("textarea", { readOnly: true, rows: 12, value: report, ariaLabel: "Report" }),
    ),
  );
  document.title = heading.textContent;
  document.body.replaceChildren(page);
  heading.focus();
}

function make(name, properties, ...children) {
  const element = Object.assign(document.createElement(name), properties);
  element.append(...children);
  return element;
}

function button(textContent, act) {
  const element = make("button", { type: "button", className: "button", textContent });
  element.addEventListener("click", act);
  return element;
}

/** What happened, without a word that the reader typed. */
function tell(error) {
  const build = document.querySelector("meta[name=build]")?.content ?? "of a developer";
  const plain = (url) => url.split("?")[0];
  const requests = performance
    .getEntriesByType("resource")
    .filter(({ initiatorType }) => initiatorType === "fetch")
    .slice(-20)
    .map(({ name, responseStatus, duration }) => `${plain(name)} ${responseStatus ?? ""} ${Math.round(duration)} ms`);
  return [
    `Build ${build}`,
    `At ${plain(location.href)}`,
    navigator.userAgent,
    "",
    said,
    // Not every engine has the first two in the third.
    error?.name,
    error?.message ?? error,
    error?.stack,
    "",
    "The last requests:",
    ...requests,
  ].join("\n");
}

/** Saves the marks as a file that can be brought back: see docs/export.md. */
async function save() {
  const done = (request) =>
    new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
  const database = await done(indexedDB.open("hackershelf"));
  const marks = await done(database.transaction("marks").objectStore("marks").getAll());
  database.close();
  const lines = marks.map(({ id, body }) => `\n{"store":"marks","id":${id},"body":${body}}`);
  const head = `{"format":"hackershelf","version":1,"exported_at":${Date.now()},"records":[`;
  const file = new Blob([head, lines.join(), "\n]}\n"], { type: "application/json" });
  const link = make("a", { href: URL.createObjectURL(file), download: "hackershelf-marks.json" });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  return marks.length;
}
