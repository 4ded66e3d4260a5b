// The bot's clock, going on in the browser by itself.

const KEPT = 10; // of what was told last

/** Told late, the clock seems to be behind: of what is told of one clock the foremost is nearest the truth. */
export class SharedClock {
  constructor(ticks = () => performance.now()) {
    this.ticks = ticks;
    this.era = this.speed = null;
    this.told = [];
    this.zero = 0;
  }

  /** Milliseconds since 1970 at this moment, how fast it runs, and a number that changes when it is set. */
  take({ now, speed, era }) {
    if (era !== this.era || speed !== this.speed) this.told = [];
    this.era = era;
    this.speed = speed;
    this.told = [...this.told, now - this.ticks() * speed].slice(-KEPT);
    this.zero = Math.max(...this.told);
  }

  /** The connection was lost: what was told before is kept, but no longer believed once more is told. */
  doubt() {
    this.era = null;
  }

  get isKnown() {
    return this.told.length > 0;
  }

  now() {
    return this.zero + this.ticks() * this.speed;
  }
}

/** "15:30" at a place that is so many minutes ahead of UTC. */
export function wall(moment, offset) {
  return new Date(moment + offset * 60000).toISOString().slice(11, 16);
}
