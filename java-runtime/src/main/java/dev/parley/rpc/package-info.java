/**
 * What a call is, to those who make it and those who serve it.
 *
 * <p>A {@link dev.parley.rpc.Method} says what is called, a {@link dev.parley.rpc.Caller} calls it,
 * a {@link dev.parley.rpc.Call} is one call in flight. A {@link dev.parley.rpc.ServiceDefinition}
 * joins methods to handlers, which see a {@link dev.parley.rpc.CallContext}. A call that fails
 * throws {@link dev.parley.rpc.RpcException}: its {@link dev.parley.rpc.Status} says why, its
 * {@link dev.parley.rpc.Outcome} whether the handler may have run. A {@link dev.parley.rpc.Peer} is
 * a caller at the other end of a connection, which can be sent events as well.
 *
 * <p>Generated code stands on this package alone.
 */
@NullMarked
package dev.parley.rpc;

import org.jspecify.annotations.NullMarked;
