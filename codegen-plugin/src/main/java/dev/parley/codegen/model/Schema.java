package dev.parley.codegen.model;

import java.util.List;

/**
 * What protoc hands over at once.
 *
 * @param files the files to generate from
 * @param known these and all that they import
 */
public record Schema(List<SchemaFile> files, List<SchemaFile> known) {
  public Schema {
    files = List.copyOf(files);
    known = List.copyOf(known);
  }
}
