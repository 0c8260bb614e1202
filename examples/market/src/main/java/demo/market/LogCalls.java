package demo.market;

import com.google.protobuf.MessageLite;
import dev.parley.rpc.Call;
import dev.parley.rpc.CallOptions;
import dev.parley.rpc.Caller;
import dev.parley.rpc.ClientInterceptor;
import dev.parley.rpc.Method;
import dev.parley.rpc.RpcException;

/** Writes a line a call: which it was, how it ended, how long it took. */
final class LogCalls implements ClientInterceptor {
  @Override
  public <Q extends MessageLite, R extends MessageLite> Call<Q, R> start(
      Method<Q, R> method, Q request, CallOptions options, Caller next) {
    long began = System.nanoTime();
    Call<Q, R> call = next.start(method, request, options);
    call.reply()
        .whenComplete(
            (reply, failure) -> {
              Object end = failure instanceof RpcException why ? why.code() : "OK";
              long took = (System.nanoTime() - began) / 1000;
              System.err.println(method.fullName() + " " + end + " " + took + " us");
            });
    return call;
  }
}
