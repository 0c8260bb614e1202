package dev.parley.rpc;

/** Serves a unary method. May be called by many threads at once, may block, may call back. */
@FunctionalInterface
public interface UnaryHandler<Q, R> {
  R handle(Q request, CallContext context) throws Exception;
}
