package dev.parley.benchmarks.report;

import java.util.Map;

/**
 * One figure of one contestant.
 *
 * @param contestant who
 * @param workload what: {@code latency}, {@code throughput}, {@code codec}
 * @param placement where the processes ran
 * @param size the bytes of a message; 0 where that says nothing
 * @param inFlight how many messages were on their way at once; 0 where that says nothing
 * @param unit of {@code value}
 * @param value the median of the rounds
 * @param ratio to the floor of the same run, with the same placement, size and messages in flight;
 *     NaN where there is none. Of a time: below 1 is better than the floor; of a rate: above 1
 * @param more further figures of the same measurement, by name
 */
public record Result(
    String contestant,
    String workload,
    String placement,
    int size,
    int inFlight,
    String unit,
    double value,
    double ratio,
    Map<String, Double> more) {}
