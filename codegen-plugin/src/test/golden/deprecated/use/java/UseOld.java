import demo.v1.Messages;
import demo.v1.Partly;
import demo.v1.Text;
import demo.v1.Wholly;
import dev.parley.rpc.CallContext;
import dev.parley.rpc.Caller;
import dev.parley.rpc.MessageSink;
import dev.parley.rpc.ServiceDefinition;
import java.util.List;

/** Who serves what is deprecated is not warned; who calls it is. */
final class UseOld implements Partly.Service, Wholly.Service, Messages.Service {
  @Override
  public Text old(Text request, CallContext context) {
    return request;
  }

  @Override
  public void oldWatch(Text request, MessageSink<Text> replies, CallContext context) {
    replies.send(request);
  }

  @Override
  public Text call(Text request, CallContext context) {
    return request;
  }

  static List<ServiceDefinition> definitions() {
    return List.of(Partly.bind(new UseOld()), Wholly.bind(new UseOld()));
  }

  static Text callNew(Caller caller) {
    return new Partly.Client(caller).new_(Text.getDefaultInstance());
  }

  @SuppressWarnings("deprecation")
  static Text callOld(Caller caller) {
    new Partly.Client(caller).old(Text.getDefaultInstance());
    return new Wholly.Client(caller).call(Text.getDefaultInstance());
  }
}
