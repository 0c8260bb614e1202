package dev.parley.connection;

import dev.parley.v1.Status;

/**
 * Why a peer that has said HELLO is not let in.
 *
 * @param forGood whether it is told not to come back by itself ({@code no_return})
 */
public record Refusal(Status why, boolean forGood) {}
