package dev.parley.codegen.model;

/**
 * An rpc of a service.
 *
 * @param name as the schema has it, which is also its name on the wire
 */
public record Method(
    String name,
    Shape shape,
    Idempotency idempotency,
    MessageType request,
    MessageType reply,
    boolean deprecated,
    Comment comment,
    Position position) {}
