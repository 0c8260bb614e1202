import com.google.protobuf.Empty;
import demo.v1.Entry;
import demo.v1.Key;
import demo.v1.Store;
import dev.parley.rpc.CallContext;
import dev.parley.rpc.Caller;
import dev.parley.rpc.Idempotency;

/** Serves, calls, and asks what running a method twice does. */
final class UseStore implements Store.Service {
  @Override
  public Entry get(Key request, CallContext context) {
    return Entry.newBuilder().setKey(request).build();
  }

  @Override
  public Empty put(Entry request, CallContext context) {
    return Empty.getDefaultInstance();
  }

  static String call(Caller caller) {
    return new Store.Client(caller).get(Key.getDefaultInstance()).getText();
  }

  static boolean mayRunTwice() {
    return Store.GET.idempotency() == Idempotency.NO_SIDE_EFFECTS
        && Store.PUT.idempotency() == Idempotency.IDEMPOTENT;
  }
}
