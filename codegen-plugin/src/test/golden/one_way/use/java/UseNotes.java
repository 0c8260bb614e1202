import com.google.protobuf.Empty;
import demo.v1.Entry;
import demo.v1.Notes;
import dev.parley.rpc.CallContext;
import dev.parley.rpc.Caller;
import dev.parley.rpc.EventContext;
import dev.parley.rpc.ServiceDefinition;
import java.io.IOException;

/** Serves and sends one-way. */
final class UseNotes implements Notes.Service {
  private int kept;

  @Override
  public void note(Entry request, EventContext context) throws IOException {
    if (!context.peer().isOpen()) {
      throw new IOException(context.name());
    }
    kept++;
  }

  @Override
  public Empty flush(Entry request, CallContext context) {
    kept = 0;
    return Empty.getDefaultInstance();
  }

  static ServiceDefinition definition() {
    return Notes.bind(new UseNotes());
  }

  static void call(Caller caller) {
    Notes.Client notes = new Notes.Client(caller);
    notes.note(Entry.newBuilder().setText("one").build());
    notes.flushAsync(Entry.getDefaultInstance()).join();
  }
}
