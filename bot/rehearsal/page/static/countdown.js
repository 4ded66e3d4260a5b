// Words for moments, the same as bot/rehearsal/reading/reader.py and page/course.py give: a countdown that the
// server drew and the browser goes on with must not change its wording on the way.

const UNITS = [
  ["minute", 60, 60],
  ["hour", 3600, 24],
  ["day", 86_400, 30],
  ["month", 2_629_800, 12],
  ["year", 31_557_600, Infinity],
];

/** "in 5 minutes", "24 seconds ago", "now". */
export function relative(seconds) {
  const amount = amountOf(Math.abs(seconds));
  if (amount === "now") return amount;
  return seconds > 0 ? `in ${amount}` : `${amount} ago`;
}

function amountOf(seconds) {
  const whole = halfToEven(seconds);
  if (whole < 60) return whole === 0 ? "now" : `${whole} second${whole > 1 ? "s" : ""}`;
  for (const [unit, size, fewerThan] of UNITS) {
    const count = Math.max(1, halfToEven(seconds / size));
    if (count < fewerThan) return count > 1 ? `${count} ${unit}s` : `${unit === "hour" ? "an" : "a"} ${unit}`;
  }
}

// Python rounds 2.5 to 2, JavaScript to 3.
function halfToEven(number) {
  const rounded = Math.round(number);
  return number % 1 === 0.5 && rounded % 2 === 1 ? rounded - 1 : rounded;
}

/** "begins in 5 minutes", "talk 3 of 15", "all 15 talks over". */
export function standing(course, now) {
  const talks = course.starts.length;
  if (now < course.starts[0]) return `begins ${relative((course.starts[0] - now) / 1000)}`;
  if (now >= course.ends) return talks > 1 ? `all ${talks} talks over` : "the talk is over";
  return `talk ${course.starts.filter((start) => start <= now).length} of ${talks}`;
}

/** "60x", "paused"; "starting …" until the clock first runs. */
export function pace(course, now, speed) {
  if (speed) return `${speed}x`;
  return course && now > course.opens ? "paused" : "starting …";
}

/** How much of the session is past, from 0 to 1. */
export function share(course, now) {
  const whole = course.ends - course.starts[0];
  return whole > 0 ? Math.min(Math.max((now - course.starts[0]) / whole, 0), 1) : 1;
}

/** The virtual clock, going on by itself from what the server said last. */
export class VirtualClock {
  constructor() {
    this.take({ now: Date.now(), speed: 0, offset: 0, zone: "" });
  }

  take(told) {
    this.told = told;
    this.toldAt = performance.now();
  }

  now() {
    return this.told.now + (performance.now() - this.toldAt) * this.told.speed;
  }

  /** "15:30:05" at the venue. */
  wall() {
    return new Date(this.now() + this.told.offset * 60_000).toISOString().slice(11, 19);
  }
}
