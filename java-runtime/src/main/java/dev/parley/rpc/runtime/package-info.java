/**
 * How calls run over a connection: the half of the rpc rung that its users never see.
 *
 * <p>{@link dev.parley.rpc.runtime.ConnectedPeer} joins a {@link dev.parley.connection.Connection}
 * to the services and events of this side ({@link dev.parley.rpc.runtime.Services}); {@link
 * dev.parley.rpc.runtime.ClientCall} and {@link dev.parley.rpc.runtime.ServerCall} are one call in
 * each direction.
 */
@NullMarked
package dev.parley.rpc.runtime;

import org.jspecify.annotations.NullMarked;
