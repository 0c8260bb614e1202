package dev.parley.rpc;

import com.google.protobuf.MessageLite;
import org.jspecify.annotations.Nullable;

/** A caller behind an interceptor. */
final class InterceptedCaller implements Caller {
  private final ClientInterceptor interceptor;
  private final Caller next;

  InterceptedCaller(ClientInterceptor interceptor, Caller next) {
    this.interceptor = interceptor;
    this.next = next;
  }

  @Override
  public <Q extends MessageLite, R extends MessageLite> Call<Q, R> start(
      Method<Q, R> method, @Nullable Q request, CallOptions options) {
    return interceptor.start(method, request, options, next);
  }

  @Override
  public Registration follow(Follower follower) {
    return next.follow(
        new Follower() {
          @Override
          public void connected(Connected to) {
            follower.connected(
                new Connected(
                    new InterceptedCaller(interceptor, to.caller()), to.isOver(), to.settled()));
          }

          @Override
          public void over(Status why) {
            follower.over(why);
          }
        });
  }
}
