// One message as Discord draws it. Its text arrives as HTML that the server made safe (bot/rehearsal/reading);
// everything else is set by textContent.

import { drawRows } from "./controls.js";
import { find, make, makeButton } from "./drawing.js";
import { openMenu } from "./menus.js";
import { state } from "./state.js";

const GROUPED = 60_000; // virtual milliseconds within which the next message of the same author stands below without a head

/** Draw it; `dismiss` is called when somebody dismisses what only they see. */
export function drawMessage(message, dismiss) {
  const item = find("message-template").content.firstElementChild.cloneNode(true);
  const part = (name) => item.querySelector(`.${name}`);
  const set = (name, text) => (text ? (part(name).textContent = text) : part(name).remove());
  Object.assign(item.dataset, { id: message.id, author: message.author.name, at: message.at });
  part("body").dataset.place = `message:${message.id}`;
  item.classList.toggle("private", message.private !== null);
  set("cause", message.cause);
  set("avatar", message.author.initials);
  part("avatar").classList.add(`colour-${message.author.colour}`);
  set("author", message.author.name);
  if (!message.author.bot) part("tag").remove();
  set("when", message.time);
  drawText(part("text"), message);
  part("files").replaceChildren(...message.files.map(drawFile));
  part("rows").replaceChildren(...drawRows(message, `message:${message.id}`));
  if (message.private === null) part("note").remove();
  else part("note").replaceChildren(...drawNote(message, dismiss));
  if (state.me === null || message.thinking) part("more").remove();
  else part("more").addEventListener("click", ({ currentTarget }) => openMenu(currentTarget, message));
  return item;
}

/** Draw what it says; the rest of the message may stand as it is. */
export function drawText(element, message) {
  if (message.thinking) element.replaceChildren(make("p", "thinking", `${message.author.name} is thinking …`));
  else element.innerHTML = message.html; // made safe by the server
  if (message.edited) element.append(make("span", "edited", "(edited)"));
}

function drawNote(message, dismiss) {
  if (state.me === null) return [make("span", "", `Only ${message.private} sees this`)];
  const note = [make("span", "", "Only you can see this")];
  if (message.dismissable) note.push(" · ", makeButton("plain", "Dismiss message", () => dismiss(message)));
  return note;
}

/** A picture as it is, or a file's name and size; the link opens or saves it. Older servers tell the name alone. */
function drawFile(file) {
  if (file.picture) return drawPicture(file);
  const { name, size, url } = typeof file === "string" ? { name: file } : file;
  const item = make("li");
  const what = make(url ? "a" : "span", "", name);
  what.dir = "auto";
  if (url) {
    what.href = url;
    what.download = name;
  }
  item.append(what);
  if (size !== undefined) item.append(make("span", "size", ` ${sized(size)}`));
  return item;
}

function drawPicture({ name, url, picture }) {
  const item = make("li", "picture");
  const link = make("a");
  Object.assign(link, { href: url, target: "_blank", rel: "noopener", title: name });
  const image = make("img");
  Object.assign(image, { src: url, alt: picture.alt || name, width: picture.width, height: picture.height });
  link.append(image);
  item.append(link);
  return item;
}

function sized(bytes) {
  if (bytes < 1024) return `${bytes} bytes`;
  return bytes < 1024 ** 2 ? `${Math.round(bytes / 1024)} kB` : `${(bytes / 1024 ** 2).toFixed(1)} MB`;
}

/** Leave out the head of a message that follows one of the same author at once. */
export function group(item) {
  const before = item?.previousElementSibling;
  if (!item?.classList.contains("message")) return;
  const same = before?.classList.contains("message") && before.dataset.author === item.dataset.author;
  const soon = item.dataset.at - before?.dataset.at < GROUPED;
  const alike = before?.classList.contains("private") === item.classList.contains("private");
  item.classList.toggle("follows", Boolean(same && soon && alike && !item.querySelector(":scope > .cause")));
}
