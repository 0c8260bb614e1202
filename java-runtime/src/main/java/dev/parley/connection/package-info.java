/**
 * One live duplex connection: handshake, demultiplexing, calls in flight, the outbox, the goodbye.
 *
 * <p>{@link dev.parley.connection.Connection} is the whole of it; it is made of {@link
 * dev.parley.connection.Handshake} (the two HELLOs), {@link dev.parley.connection.OutgoingCalls}
 * and {@link dev.parley.connection.IncomingCalls} (the two directions of calls), {@link
 * dev.parley.connection.Outbox} (what waits to be written) and {@link dev.parley.connection.Pings}.
 * {@link dev.parley.connection.Loop} drives many of them with one thread. CONCURRENCY.md says which
 * thread may do what.
 *
 * <p>This rung knows neither the types of methods nor how bytes travel: it takes and gives protobuf
 * messages and statuses, and its {@link dev.parley.connection.Receiver} is the rung above.
 */
@NullMarked
package dev.parley.connection;

import org.jspecify.annotations.NullMarked;
