// Everything that people wrote is set as text, each name kept from turning what stands beside it.

export function find(id) {
  return document.getElementById(id);
}

/** Set an element's text if it is another one: what is read out to people is not read out again. */
export function say(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** "Ada, Grace and 28 more". */
export function people(element, { names, more }, ...others) {
  const parts = names.map((name) => {
    const part = document.createElement("bdi");
    part.textContent = name;
    return part;
  });
  for (const other of [more, ...others]) if (other) parts.push(other);
  element.textContent = "";
  parts.forEach((part, place) => {
    if (place) element.append(place === parts.length - 1 ? " and " : ", ");
    element.append(part);
  });
}

/** A text is given less room the longer it is. */
export function fit(element, text) {
  say(element, text);
  element.dataset.length = text.length > 160 ? "longest" : text.length > 70 ? "long" : "short";
}
