// What stands on the screen at a moment: nothing but the moment is needed, so it goes on when the connection is lost.

const MINUTE = 60000;

/** Digits, level and words of a state (bot/stage/drawn.py) at a moment, milliseconds since 1970. */
export function shown(state, now) {
  const left = state.left !== null ? state.left : state.to !== null ? state.to - now : null;
  if (left === null) return { digits: "", level: "calm", words: state.then };
  if (state.signals.length === 0) {
    return { digits: digits(Math.max(left, 0)), level: "calm", words: left > 0 ? state.label : state.then };
  }
  const given = state.signals.filter((signal) => left <= signal.mark).pop();
  const words = given ? over(left) || given.words : state.label;
  const paused = state.left !== null;
  return {
    digits: digits(left),
    level: given ? given.level : "calm",
    words: paused && given ? `${state.label}: ${words}` : words,
  };
}

function over(left) {
  return left <= -MINUTE ? `${Math.floor(-left / MINUTE)} min over` : "";
}

/** "4:59", "1:05:00", "3 days"; "+0:12" once it is over. The last moment of each second is still that second's. */
export function digits(left) {
  const seconds = left > 0 ? Math.ceil(left / 1000 - 0.001) : Math.floor(-left / 1000);
  const sign = left <= 0 && seconds > 0 ? "+" : "";
  if (seconds >= 2 * 86400) return `${sign}${Math.floor(seconds / 86400)} days`;
  const two = (number) => String(number).padStart(2, "0");
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  return sign + (hours ? `${hours}:${two(minutes)}` : minutes) + `:${two(seconds % 60)}`;
}
