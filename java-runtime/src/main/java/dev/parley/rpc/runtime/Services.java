package dev.parley.rpc.runtime;

import com.google.protobuf.MessageLite;
import dev.parley.connection.EventNames;
import dev.parley.rpc.EventHandler;
import dev.parley.rpc.Handlers;
import dev.parley.rpc.ServerInterceptor;
import dev.parley.rpc.ServiceDefinition;
import dev.parley.rpc.Shape;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What one side serves: methods and events by their names on the wire. Immutable, but for the
 * handlers that come and go. Safe for use by many threads.
 */
public final class Services {
  private final Map<String, Served> methods;
  private final Map<String, EventBinding<?>> events;

  private final List<ServerInterceptor> interceptors;
  private final Handlers handlers;
  private final @Nullable TopicHub hub;

  /** Those of the handlers that have been called. */
  private final Map<String, Served> called = new ConcurrentHashMap<>();

  private Services(
      Map<String, Served> methods,
      Map<String, EventBinding<?>> events,
      List<ServerInterceptor> interceptors,
      Handlers handlers,
      @Nullable TopicHub hub) {
    this.hub = hub;
    this.methods = methods;
    this.events = events;
    this.interceptors = interceptors;
    this.handlers = handlers;
  }

  /** These services behind interceptors, the first one the outermost. */
  public Services behind(List<ServerInterceptor> interceptors) {
    return new Services(methods, events, List.copyOf(interceptors), handlers, hub);
  }

  /** These services, and behind them what comes and goes. */
  public Services and(Handlers handlers) {
    return new Services(methods, events, interceptors, handlers, hub);
  }

  /** These services, and the topics that this side keeps. */
  public Services and(TopicHub hub) {
    return new Services(methods, events, interceptors, handlers, hub);
  }

  /** The topics that this side keeps, if it does. */
  @Nullable TopicHub hub() {
    return hub;
  }

  /** What stands before the handlers. */
  List<ServerInterceptor> interceptors() {
    return interceptors;
  }

  /** A method that is served, and how long its handler has taken of late. */
  record Served(ServiceDefinition.Binding<?, ?> binding, Pace pace) {}

  /** What takes the events of one name. */
  public record EventBinding<E extends MessageLite>(
      String name, E eventDefault, EventHandler<E> handler) {}

  /**
   * Gathers what is served.
   *
   * @throws IllegalArgumentException if a method or an event is named twice, or an event as none
   *     may be
   */
  public static Services of(List<ServiceDefinition> services, List<EventBinding<?>> events) {
    Map<String, Served> methods = new HashMap<>();
    for (ServiceDefinition service : services) {
      service
          .methods()
          .forEach(
              (name, binding) -> {
                if (methods.putIfAbsent(name, new Served(binding, new Pace())) != null) {
                  throw new IllegalArgumentException(name + " is served twice");
                }
              });
    }
    Map<String, EventBinding<?>> handlers = new HashMap<>();
    for (Served served : methods.values()) {
      ServiceDefinition.Binding<?, ?> binding = served.binding();
      if (binding.method().shape() == Shape.ONE_WAY) {
        handlers.put(binding.method().fullName(), oneWay(binding));
      }
    }
    for (EventBinding<?> event : events) {
      String fault = EventNames.fault(event.name());
      if (fault != null) {
        throw new IllegalArgumentException(fault);
      }
      if (handlers.putIfAbsent(event.name(), event) != null) {
        throw new IllegalArgumentException("event " + event.name() + " has two handlers");
      }
    }
    return new Services(Map.copyOf(methods), Map.copyOf(handlers), List.of(), new Handlers(), null);
  }

  @SuppressWarnings("unchecked") // A binding is made with a handler of its method's types.
  private static <Q extends MessageLite> EventBinding<Q> oneWay(
      ServiceDefinition.Binding<Q, ?> binding) {
    return new EventBinding<>(
        binding.method().fullName(),
        binding.method().requestDefault(),
        (EventHandler<Q>) binding.handler());
  }

  @Nullable Served method(String name) {
    Served served = methods.get(name);
    return served == null ? ofHandlers(name) : served;
  }

  private @Nullable Served ofHandlers(String name) {
    ServiceDefinition.Binding<?, ?> binding = handlers.method(name);
    if (binding == null) {
      called.remove(name);
      return null;
    }
    Served served = called.get(name);
    if (served == null || !served.binding().equals(binding)) {
      served = new Served(binding, new Pace());
      called.put(name, served);
    }
    return served;
  }

  @Nullable EventBinding<?> event(String name) {
    EventBinding<?> binding = events.get(name);
    return binding == null ? binding(handlers.event(name)) : binding;
  }

  private static <E extends MessageLite> @Nullable EventBinding<E> binding(
      Handlers.@Nullable OfEvent<E> event) {
    return event == null
        ? null
        : new EventBinding<>(event.name(), event.eventDefault(), event.handler());
  }
}
