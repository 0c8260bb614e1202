const NANOS_A_MILLI = 1e6;

/** How long each of many operations took, in milliseconds as performance.now() gives them. */
export class Times {
  #samples = [];

  add(millis) {
    this.#samples.push(millis);
  }

  /** The fields that answer a command, in nanoseconds; all of them together took so long. */
  figures(millis) {
    const sorted = Float64Array.from(this.#samples).sort();
    const at = (part) =>
      Math.round(sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] * NANOS_A_MILLI);
    const sum = sorted.reduce((all, one) => all + one, 0);
    return {
      operations: sorted.length,
      seconds: millis / 1000,
      mean_ns: (sum / sorted.length) * NANOS_A_MILLI,
      p50_ns: at(0.5),
      p90_ns: at(0.9),
      p99_ns: at(0.99),
      p999_ns: at(0.999),
      max_ns: at(1),
    };
  }
}

export function rate(operations, millis) {
  return {
    operations,
    seconds: millis / 1000,
    operations_per_second: (operations / millis) * 1000,
  };
}
