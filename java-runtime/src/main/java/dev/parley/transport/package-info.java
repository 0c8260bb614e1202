/**
 * Addresses, sockets, credentials, and the claim of a socket path: how bytes travel, and nothing of
 * what they mean.
 *
 * <p>A {@link dev.parley.transport.Transport} opens {@link dev.parley.transport.Link}s and {@link
 * dev.parley.transport.Listener}s at an {@link dev.parley.transport.Endpoint}; a {@link
 * dev.parley.transport.Poller} waits for many of them in one thread. Nothing here ever blocks on a
 * socket, so that an interrupt can never close one.
 */
@NullMarked
package dev.parley.transport;

import org.jspecify.annotations.NullMarked;
