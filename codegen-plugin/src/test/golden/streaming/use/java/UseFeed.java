import demo.v1.Feed;
import demo.v1.Item;
import demo.v1.Query;
import demo.v1.Summary;
import dev.parley.rpc.CallContext;
import dev.parley.rpc.CallOptions;
import dev.parley.rpc.Caller;
import dev.parley.rpc.Code;
import dev.parley.rpc.MessageSink;
import dev.parley.rpc.MessageStream;
import dev.parley.rpc.RpcException;
import dev.parley.rpc.ServiceDefinition;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** Serves and calls all four shapes. */
final class UseFeed implements Feed.Service {
  @Override
  public Item latest(Query request, CallContext context) {
    return Item.newBuilder().setText(request.getTopic()).build();
  }

  @Override
  public void watch(Query request, MessageSink<Item> replies, CallContext context) {
    replies.send(latest(request, context));
  }

  @Override
  public Summary upload(MessageStream<Item> requests, CallContext context) {
    int items = 0;
    for (Item item : requests) {
      if (item.getText().isEmpty()) {
        throw new RpcException(Code.INVALID_ARGUMENT, "an item without text");
      }
      items++;
    }
    return Summary.newBuilder().setItems(items).build();
  }

  @Override
  public void chat(
      MessageStream<Query> requests, MessageSink<Item> replies, CallContext context) {
    for (Query query : requests) {
      replies.send(latest(query, context));
    }
  }

  static ServiceDefinition definition() {
    return Feed.bind(new UseFeed());
  }

  static int call(Caller caller) {
    Feed.Client feed =
        new Feed.Client(caller, CallOptions.DEFAULT).withTimeout(Duration.ofSeconds(1));
    CompletableFuture<Item> later = feed.latestAsync(Query.getDefaultInstance());
    later.cancel(true);
    int length = feed.latest(Query.getDefaultInstance()).getText().length();
    try (MessageStream<Item> items = feed.watch(Query.getDefaultInstance())) {
      for (Item item : items) {
        length += item.getText().length();
      }
    }
    try (var items = feed.upload()) {
      items.send(Item.getDefaultInstance());
      length += items.finish().getItems();
    }
    try (var talk = feed.chat()) {
      talk.send(Query.getDefaultInstance());
      talk.finishSending();
      for (Item item : talk) {
        length += item.getText().length();
      }
    }
    return length;
  }
}
