/**
 * What people type: {@link dev.parley.Address}, {@link dev.parley.Server}, {@link
 * dev.parley.Client}.
 *
 * <p>A server serves services and events at an address; a client connects to it and may serve, too:
 * both sides of a connection can call. What is called, and how a call ends, is in {@link
 * dev.parley.rpc}.
 */
@NullMarked
package dev.parley;

import org.jspecify.annotations.NullMarked;
