/**
 * The protoc plugin {@code protoc-gen-parley}: a request from protoc becomes a {@link
 * dev.parley.codegen.model.Schema}, and a {@link dev.parley.codegen.printing.Target} prints it in
 * one language.
 *
 * <p>The road is {@code Main} (bytes) to {@code Plugin} (request and response) to {@code
 * SchemaReader} (descriptors to model) to a target. A target reads the model alone; to add one is
 * to write one class and to name it in {@code Plugin}.
 */
package dev.parley.codegen;
