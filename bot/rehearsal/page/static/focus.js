// What is drawn anew must not take the keyboard's place away from who works with it.

const USABLE = "button, a[href], [tabindex]";

/** The answer gives the focus, if `old` held it, to the same control of what stands in its place. */
export function keepFocus(old) {
  const active = document.activeElement;
  if (!old?.contains(active)) return () => {};
  const index = [...old.querySelectorAll(USABLE)].indexOf(active);
  const { control } = active.dataset;
  const label = active.textContent;
  return (fresh) => {
    // a console's button carries other state after each tap; then its words tell, then its place
    const now = [...fresh.querySelectorAll(USABLE)];
    const same = now.find((one) => control && one.dataset.control === control) ?? now.find((one) => one.textContent === label);
    (same ?? now[Math.min(index, now.length - 1)])?.focus({ preventScroll: true });
  };
}
