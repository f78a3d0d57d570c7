/**
 * Time, in three makes behind one interface: the machine's own, a faster one for the sandbox's life cycles,
 * and a virtual one that tests drive. Nothing else in `src` calls Date.now or setTimeout to wait.
 */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Resolves after `ms` of this clock; rejects with the signal's reason when it is aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** Runs `run` after `ms` of this clock, unless the returned function is called first. */
  after(ms: number, run: () => void | Promise<void>): () => void;
  /** Marks work that ends in its own time (a request, a process that starts): virtual time holds meanwhile. */
  busy<T>(work: Promise<T>): Promise<T>;
}

/** The machine's clock. With `speed` 60, a minute of waiting takes a second; `now` stays wall time. */
export function systemClock(speed = 1): Clock {
  return {
    now: () => Date.now(),
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted) {
          reject(abortReason(signal));
          return;
        }
        const timer = setTimeout(() => {
          signal?.removeEventListener('abort', abort);
          resolve();
        }, ms / speed);
        const abort = (): void => {
          clearTimeout(timer);
          if (signal) reject(abortReason(signal));
        };
        signal?.addEventListener('abort', abort, { once: true });
      }),
    after: (ms, run) => {
      const timer = setTimeout(() => void run(), ms / speed);
      timer.unref();
      return () => clearTimeout(timer);
    },
    busy: (work) => work,
  };
}

interface Timer {
  at: number;
  run: () => void | Promise<void>;
}

/**
 * A clock that tests own. Time moves only while somebody sleeps and nothing is busy: it then jumps to the
 * next timer, whoever set it. With `auto: false` it moves only by `advance`.
 */
export class VirtualClock implements Clock {
  private time: number;
  private timers: Timer[] = [];
  private sleeping = 0;
  private working = 0;
  private scheduled = false;
  private readonly auto: boolean;

  constructor(options: { start?: number; auto?: boolean } = {}) {
    this.time = options.start ?? Date.now();
    this.auto = options.auto ?? true;
  }

  now(): number {
    return this.time;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) {
        reject(abortReason(signal));
        return;
      }
      this.sleeping += 1;
      const cancel = this.after(ms, () => {
        this.sleeping -= 1;
        signal?.removeEventListener('abort', abort);
        resolve();
      });
      const abort = (): void => {
        cancel();
        this.sleeping -= 1;
        if (signal) reject(abortReason(signal));
      };
      signal?.addEventListener('abort', abort, { once: true });
    });
  }

  after(ms: number, run: () => void | Promise<void>): () => void {
    const timer: Timer = { at: this.time + Math.max(0, ms), run };
    const next = this.timers.findIndex((other) => other.at > timer.at);
    this.timers.splice(next === -1 ? this.timers.length : next, 0, timer);
    this.schedule();
    return () => {
      this.timers = this.timers.filter((other) => other !== timer);
    };
  }

  async busy<T>(work: Promise<T>): Promise<T> {
    this.working += 1;
    try {
      return await work;
    } finally {
      this.working -= 1;
      this.schedule();
    }
  }

  /** Moves time by `ms`, running what falls due on the way, each to its end. */
  async advance(ms: number): Promise<void> {
    const end = this.time + ms;
    for (;;) {
      await quiet();
      const next = this.timers[0];
      if (!next || next.at > end) break;
      await this.fire(next);
    }
    this.time = end;
  }

  private async fire(timer: Timer): Promise<void> {
    this.timers.shift();
    this.time = Math.max(this.time, timer.at);
    await timer.run();
  }

  private schedule(): void {
    if (!this.auto || this.scheduled) return;
    this.scheduled = true;
    void quiet().then(async () => {
      this.scheduled = false;
      const next = this.timers[0];
      if (this.sleeping === 0 || this.working > 0 || !next) return;
      await this.busy(this.fire(next));
    });
  }
}

/** Lets what is already on its way (promises, finished I/O) happen before time moves. */
async function quiet(): Promise<void> {
  for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

function abortReason(signal: AbortSignal): Error {
  return signal.reason instanceof Error ? signal.reason : new Error('aborted', { cause: signal.reason });
}
